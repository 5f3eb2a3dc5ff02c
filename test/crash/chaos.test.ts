import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { pythonEnv, resourcePath } from '../../adapters/paths.js';
import { bringDown } from '../../adapters/supervisor/down.js';
import { supervisedProcesses } from '../../adapters/supervisor/leftovers.js';
import { readRuntime } from '../../adapters/supervisor/runtime.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { findCampaign } from '../../client/campaign-folder.js';
import { openCampaignReader } from '../../client/campaign-reader.js';
import { campaignFailure, connect, viewCampaign } from '../../client/campaigns.js';
import { worldTasks } from '../fakes/campaign-world.js';
import { type FakeEndpoint, startFakeEndpoint } from '../fakes/endpoint.js';
import { accountOf } from './chaos/account.js';
import { bringBack, killVictim } from './chaos/kill.js';
import { type Kill, scheduleOf, victims, victimsOf } from './chaos/schedule.js';
import { recordedTexts } from './recorded-texts.js';

/** `npm run chaos` sets these; `npm test` runs a short set. */
const wantedKills = Number(process.env.NEXTUNE_CHAOS_KILLS ?? '7');
const seed = process.env.NEXTUNE_CHAOS_SEED ?? '1';
const among = victimsOf(process.env.NEXTUNE_CHAOS_VICTIMS ?? victims.join(','));
const firstKill = Number(process.env.NEXTUNE_CHAOS_FROM ?? '0');

const longest = 600_000;
/** How long a kill waits for its victim, a trainer say, to be there. */
const patienceMs = 6000;

const say = (line: string): void => {
  if (process.env.NEXTUNE_CHAOS_KILLS) writeSync(1, `${line}\n`);
};

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
    for (const name of readdirSync(root).filter((one) => one !== 'base')) await bringDown(stateOf(name));
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

  const isDone = async (name: string, campaign: string): Promise<boolean> => {
    const runtime = await readRuntime(stateOf(name));
    const client = await connect(runtime?.temporalAddress ?? '').catch(() => undefined);
    try {
      const view = client && (await viewCampaign(client, campaign).catch(() => undefined));
      const hold = view?.progress?.hold;
      if (client && (view?.state === 'failed' || hold))
        throw new Error(
          `campaign ${campaign} ${view?.state}: ${hold?.reason ?? (await campaignFailure(client, campaign))}\n${await accountOf(stateOf(name), campaign)}`,
        );
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

  /** Kills by schedule until the campaign is done; what found nothing to kill is tried again for a while. */
  const untilDoneUnder = async (name: string, kills: Kill[], told: Kill[]): Promise<string> => {
    const { campaign } = await findCampaign(stateOf(name), undefined);
    const until = Date.now() + longest;
    let since = Date.now();
    while (!(await isDone(name, campaign))) {
      if (Date.now() > until)
        throw new Error(
          `campaign ${campaign} did not end within ${longest} ms, kill ${told.length}\n${await accountOf(stateOf(name), campaign)}`,
        );
      const [next] = kills;
      if (next && Date.now() - since >= next.afterMs) {
        const step = await stepOf(name, campaign);
        const killed = await killVictim(stateOf(name), next.victim, endpoint);
        if (killed > 0 || Date.now() - since > next.afterMs + patienceMs) {
          say(`kill ${next.number}: ${next.victim} at ${step}, ${killed} processes`);
          if (killed > 0) told.push(next);
          kills.shift();
          since = Date.now();
        }
      }
      await bringBack(stateOf(name));
      await delay(100);
    }
    return campaign;
  };

  const stepOf = async (name: string, campaign: string): Promise<string> => {
    const runtime = await readRuntime(stateOf(name));
    const client = runtime && (await connect(runtime.temporalAddress).catch(() => undefined));
    try {
      const view = client && (await viewCampaign(client, campaign).catch(() => undefined));
      return view?.progress ? `${view.progress.phase} ${view.progress.round} ${view.step?.step ?? ''}` : 'no answer';
    } finally {
      await client?.connection.close();
    }
  };

  it(
    'finishes by itself with the digests of an undisturbed run, and asks for nothing recorded twice',
    async () => {
      start('calm');
      const calm = await untilDone('calm');
      const digestsOf = async (name: string, id: string): Promise<string[]> =>
        (await openCampaignReader(stateOf(name)).sealed(id)).map(({ manifest }) => manifest.contentDigest);
      const undisturbed = await digestsOf('calm', calm);
      await bringDown(stateOf('calm'));

      const schedule = scheduleOf(seed, firstKill + wantedKills, among).slice(firstKill);
      for (const { number, victim, afterMs } of schedule) say(`planned ${number}: ${victim} after ${afterMs} ms`);
      const done: Kill[] = [];
      for (let run = 0; schedule.length > 0; run++) {
        const name = `killed-${run}`;
        endpoint.asked.clear();
        const askedThoughRecorded: string[] = [];
        endpoint.onAnswer = (body, texts) => {
          if ((endpoint.asked.get(body) ?? 0) > 1 && recordedTexts(stateOf(name)).has(texts.join('\n')))
            askedThoughRecorded.push(body);
        };
        start(name);
        const before = schedule.length;
        const campaign = await untilDoneUnder(name, schedule, done);
        expect(askedThoughRecorded).toEqual([]);
        expect(await digestsOf(name, campaign)).toEqual(undisturbed);
        const checks = await verifyCampaign(stateOf(name), campaign);
        expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
        expect(schedule.length).toBeLessThan(before);
        await bringDown(stateOf(name));
        expect(supervisedProcesses(stateOf(name))).toEqual([]);
        rmSync(join(root, name), { recursive: true });
        say(`run ${run}: ${done.length} kills so far, digests equal, nothing recorded asked twice`);
      }
      expect(done.length).toBeGreaterThan(0);
    },
    longest * (2 + wantedKills),
  );
});
