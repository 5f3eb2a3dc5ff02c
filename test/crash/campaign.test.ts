import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { pythonEnv, resourcePath } from '../../adapters/paths.js';
import { bringDown } from '../../adapters/supervisor/down.js';
import { livingState, readRuntime } from '../../adapters/supervisor/runtime.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { findCampaign } from '../../client/campaign-folder.js';
import { openCampaignReader } from '../../client/campaign-reader.js';
import { campaignFailure, connect, viewCampaign } from '../../client/campaigns.js';
import { campaignWorkflowId } from '../../contract/workflow-ids.js';
import { worldTasks } from '../fakes/campaign-world.js';
import { allHistories, canary, canaryVariable, filesWith } from '../fakes/canary.js';
import { type FakeEndpoint, startFakeEndpoint } from '../fakes/endpoint.js';
import { askedThoughRecorded } from './recorded-texts.js';

/** What is killed, when so many requests have been asked: spread over base scoring, both rounds and the test split. */
const kills = [
  { afterRequests: 4, component: 'worker' },
  { afterRequests: 12, component: 'temporal' },
  { afterRequests: 22, component: 'worker' },
  { afterRequests: 34, component: 'worker' },
] as const;

const longest = 600_000;

const writeTinyBase = (dir: string): void => {
  const code =
    'import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); import train_fixtures; ' +
    'p = Path(sys.argv[2]); p.mkdir(); train_fixtures.write_tiny_base(p)';
  execFileSync(pythonEnv(), ['-c', code, resourcePath('python', 'tests'), dir]);
};

describe('a campaign under kill -9', () => {
  let root: string;
  let endpoint: FakeEndpoint;
  /** What the commands said. */
  const said: string[] = [];
  const authorizations = new Set<string | undefined>();
  beforeAll(async () => {
    process.env[canaryVariable] = canary;
    root = mkdtempSync(join(tmpdir(), 'nextune-crash-'));
    writeTinyBase(join(root, 'base'));
    endpoint = await startFakeEndpoint(worldTasks);
    endpoint.delayMs = 100;
    quoteKeyInTrouble();
  }, 300_000);
  afterAll(async () => {
    delete process.env[canaryVariable];
    for (const name of ['calm', 'killed']) await bringDown(join(root, name, '.nextune'));
    await endpoint.close();
    rmSync(root, { recursive: true, force: true });
  }, 300_000);

  const stateOf = (name: string): string => join(root, name, '.nextune');

  const start = (name: string): void => {
    const dir = join(root, name);
    mkdirSync(dir);
    writeFileSync(join(dir, 'tasks.jsonl'), worldTasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
    const config = {
      name: 'crash',
      data: { tasks: 'tasks.jsonl' },
      model: { kind: 'openai', baseUrl: endpoint.baseUrl, name: 'fake', concurrency: 2, apiKeyEnv: canaryVariable },
      sampling: { n: 4, groupSize: 2 },
      evaluation: { samples: 2, k: [1, 2] },
      trainer: { base: join(root, 'base'), minSamples: 1, epochs: 1, rank: 2, precision: 'fp32' },
      shardTasks: 3,
    };
    writeFileSync(join(dir, 'nextune.yaml'), stringify(config));
    nextune(name, 'run', 'nextune.yaml', '--detach');
  };

  const nextune = (name: string, ...args: string[]): void => {
    const command = [resourcePath('bin', 'nextune.mjs'), ...args];
    const { status, stderr, stdout } = spawnSync(process.execPath, command, {
      cwd: join(root, name),
      // Jest's own copy, which holds the canary.
      env: process.env,
      encoding: 'utf8',
    });
    said.push(stdout, stderr);
    if (status !== 0) throw new Error(`nextune ${args.join(' ')}: ${stdout}${stderr}`);
  };

  /** Now and then it is in trouble, and quotes the key that it was sent. */
  const quoteKeyInTrouble = (): void => {
    let asked = 0;
    endpoint.trouble = (_, response) => {
      const { authorization } = response.req.headers;
      authorizations.add(authorization);
      asked += 1;
      if (asked % 20 !== 3) return undefined;
      const error = { message: `overloaded, though you are ${authorization}` };
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '0' });
      response.end(JSON.stringify({ error }));
      return 'answered';
    };
  };

  /** Kills as requests come in: who looks now and then may find a fast campaign done. */
  const killAsAsked = (name: string, toKill: { afterRequests: number; component: string }[]): void => {
    const note = endpoint.onAsk;
    endpoint.onAsk = (body) => {
      note?.(body);
      const [next] = toKill;
      if (next && endpoint.asked.size >= next.afterRequests && killComponent(name, next.component)) toKill.shift();
    };
  };

  /** False where it is down already, between a kill and its restart. */
  const killComponent = (name: string, component: string): boolean => {
    const state = livingState(stateOf(name));
    const pid = state?.components.find((one) => one.name === component && one.state === 'ready')?.process?.pid;
    if (pid === undefined) return false;
    try {
      return process.kill(pid, 'SIGKILL');
    } catch {
      return false;
    }
  };

  const isDone = async (name: string, campaign: string): Promise<boolean> => {
    const runtime = await readRuntime(stateOf(name));
    const client = await connect(runtime?.temporalAddress ?? '').catch(() => undefined);
    try {
      const view = client && (await viewCampaign(client, campaign).catch(() => undefined));
      if (client && view?.state === 'failed')
        throw new Error(`campaign ${campaign} failed: ${await campaignFailure(client, campaign)}`);
      return view?.state === 'completed';
    } finally {
      await client?.connection.close();
    }
  };

  const untilDone = async (name: string): Promise<string> => {
    const { campaign } = await findCampaign(stateOf(name), undefined);
    const until = Date.now() + longest;
    while (!(await isDone(name, campaign))) {
      if (Date.now() > until) throw new Error(`campaign ${campaign} did not end within ${longest} ms`);
      await delay(200);
    }
    return campaign;
  };

  it(
    'finishes by itself with the digests of an undisturbed run, and asks for nothing recorded twice',
    async () => {
      start('calm');
      const calm = await untilDone('calm');
      await bringDown(stateOf('calm'));
      endpoint.asked.clear();

      const repeated = askedThoughRecorded(endpoint, stateOf('killed'));
      const toKill = [...kills];
      killAsAsked('killed', toKill);
      start('killed');
      const campaign = await untilDone('killed');

      expect(toKill).toEqual([]);
      expect(repeated).toEqual([]);
      const digestsOf = async (name: string, id: string): Promise<string[]> =>
        (await openCampaignReader(stateOf(name)).sealed(id)).map(({ manifest }) => manifest.contentDigest);
      expect(await digestsOf('killed', campaign)).toEqual(await digestsOf('calm', calm));
      const checks = await verifyCampaign(stateOf('killed'), campaign);
      expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
      expect(checks.every(({ checked }) => checked > 0)).toBe(true);
    },
    2 * longest,
  );

  it('is listed by phase, round and score, its steps by name, and writes the endpoint’s key nowhere, though it was killed and the endpoint quoted the key', async () => {
    for (const args of [['status', '--json'], ['audit', 'show'], ['report']]) nextune('killed', ...args);
    const runtime = await readRuntime(stateOf('killed'));
    const client = await connect(runtime?.temporalAddress ?? '');
    const histories = (await allHistories(client)).map(({ text }) => text).join('\n');
    const { campaign } = await findCampaign(stateOf('killed'), undefined);
    const byAttributes = `NextuneCampaign = '${campaign}' AND NextunePhase = 'done' AND NextuneRound = 2 AND NextuneScore >= 0`;
    const listed: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query: byAttributes })) listed.push(workflowId);
    await client.connection.close();
    await bringDown(stateOf('killed'));

    expect([...authorizations]).toEqual([`Bearer ${canary}`]);
    expect(said.join('\n')).toContain('round 1 sealed');
    expect(said.join('\n')).toMatch(/"askedAgain": \d+/);
    expect(said.join('\n')).not.toContain(canary);
    expect(listed).toEqual([campaignWorkflowId(campaign)]);
    // What Temporal's page shows beside an activity, and beside a child.
    for (const title of ['sample, train 2/2', 'verify, base-dev 1/2', 'seal round 2', 'round 1'])
      expect(histories).toContain(JSON.stringify(JSON.stringify(title)).slice(1, -1));
    expect(histories).toContain(`though you are Bearer [the key]`);
    expect(histories).not.toContain(canary);
    expect(filesWith(root, canary)).toEqual([]);
    // What the search finds: the server's database is among the files, and so are objects.
    expect(filesWith(root, '[the key]').join()).toContain('killed/.nextune/temporal/temporal.db');
    expect(filesWith(root, canaryVariable).join()).toMatch(/killed\/\.nextune\/store\/sha256\//);
    const planted: Record<string, string | Buffer> = {
      'killed/.nextune/logs/worker.log': `asked with ${canary}`,
      'killed/planted.gz': gzipSync(`{"key":"${canary}"}`),
      'killed/planted.json': JSON.stringify({ data: Buffer.from(`{"key":"${canary}"}`).toString('base64') }),
    };
    for (const [name, bytes] of Object.entries(planted)) appendFileSync(join(root, name), bytes);
    expect(filesWith(root, canary)).toEqual(Object.keys(planted));
  }, 300_000);
});
