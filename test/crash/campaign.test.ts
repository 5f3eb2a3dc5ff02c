import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { pythonEnv, resourcePath } from '../../adapters/paths.js';
import { bringDown } from '../../adapters/supervisor/down.js';
import { readRuntime } from '../../adapters/supervisor/runtime.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { findCampaign } from '../../client/campaign-folder.js';
import { openCampaignReader } from '../../client/campaign-reader.js';
import { connect, viewCampaign } from '../../client/campaigns.js';
import { groupRecordSchema } from '../../contract/completion.js';
import { worldTasks } from '../fakes/campaign-world.js';
import { type FakeEndpoint, startFakeEndpoint } from '../fakes/endpoint.js';

/** What is killed, when so many requests have been answered: spread over base scoring, both rounds and the test split. */
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
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nextune-crash-'));
    writeTinyBase(join(root, 'base'));
    endpoint = await startFakeEndpoint(worldTasks);
    endpoint.delayMs = 100;
  }, 300_000);
  afterAll(async () => {
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
      model: { kind: 'openai', baseUrl: endpoint.baseUrl, name: 'fake', concurrency: 2 },
      sampling: { n: 4, groupSize: 2 },
      evaluation: { samples: 2, k: [1, 2] },
      trainer: { base: join(root, 'base'), minSamples: 1, epochs: 1, rank: 2, precision: 'fp32' },
      shardTasks: 3,
    };
    writeFileSync(join(dir, 'nextune.yaml'), stringify(config));
    const args = [resourcePath('bin', 'nextune.mjs'), 'run', 'nextune.yaml', '--detach'];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });
    if (status !== 0) throw new Error(`nextune run: ${stdout}${stderr}`);
  };

  /** False where it is down already, between a kill and its restart. */
  const killComponent = async (name: string, component: string): Promise<boolean> => {
    const runtime = await readRuntime(stateOf(name));
    const pid = runtime?.components.find((one) => one.name === component && one.state === 'ready')?.process?.pid;
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
      if (view?.state === 'failed') throw new Error(`campaign ${campaign} failed`);
      return view?.state === 'completed';
    } finally {
      await client?.connection.close();
    }
  };

  const untilDone = async (name: string, between: () => Promise<void> = () => Promise.resolve()): Promise<string> => {
    const { campaign } = await findCampaign(stateOf(name), undefined);
    const until = Date.now() + longest;
    while (!(await isDone(name, campaign))) {
      if (Date.now() > until) throw new Error(`campaign ${campaign} did not end within ${longest} ms`);
      await between();
      await delay(200);
    }
    return campaign;
  };

  /** Texts of every recorded group, as the ledger holds them now. */
  const recordedTexts = (name: string): Set<string> => {
    const dir = join(stateOf(name), 'ledger');
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    const records = files.map((file) => groupRecordSchema.parse(JSON.parse(readFileSync(join(dir, file), 'utf8'))));
    return new Set(records.map((record) => record.completions.map(({ text }) => text).join('\n')));
  };

  it(
    'finishes by itself with the digests of an undisturbed run, and asks for nothing recorded twice',
    async () => {
      start('calm');
      const calm = await untilDone('calm');
      await bringDown(stateOf('calm'));
      endpoint.asked.clear();

      const askedThoughRecorded: string[] = [];
      endpoint.onAnswer = (body, texts) => {
        if ((endpoint.asked.get(body) ?? 0) > 1 && recordedTexts('killed').has(texts.join('\n')))
          askedThoughRecorded.push(body);
      };
      start('killed');
      let killed = 0;
      const campaign = await untilDone('killed', async () => {
        const next = kills[killed];
        if (!next || endpoint.asked.size < next.afterRequests) return;
        killed++;
        await killComponent('killed', next.component);
      });

      expect(killed).toBe(kills.length);
      expect(askedThoughRecorded).toEqual([]);
      const digestsOf = async (name: string, id: string): Promise<string[]> =>
        (await openCampaignReader(stateOf(name)).sealed(id)).map(({ manifest }) => manifest.contentDigest);
      expect(await digestsOf('killed', campaign)).toEqual(await digestsOf('calm', calm));
      const checks = await verifyCampaign(stateOf('killed'), campaign);
      expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
      expect(checks.every(({ checked }) => checked > 0)).toBe(true);
    },
    2 * longest,
  );
});
