import { mkdtempSync, readdirSync, realpathSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringDown } from '../../adapters/supervisor/down.js';
import { supervisedProcesses } from '../../adapters/supervisor/leftovers.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { findCampaign } from '../../client/campaign-folder.js';
import { longestMs, untilDoneUnder } from './chaos/disturb.js';
import { openEmbeddedWorld } from './chaos/embedded-world.js';
import { openFakeWorld } from './chaos/fake-world.js';
import { type Kill, scheduleOf, victimsOf } from './chaos/schedule.js';
import type { ChaosWorld } from './chaos/world.js';

/** `npm run chaos` sets these; `npm test` runs a short set. */
const wantedKills = Number(process.env.NEXTUNE_CHAOS_KILLS ?? '7');
const seed = process.env.NEXTUNE_CHAOS_SEED ?? '1';
const firstKill = Number(process.env.NEXTUNE_CHAOS_FROM ?? '0');
const open = process.env.NEXTUNE_CHAOS_ENGINE === 'embedded' ? openEmbeddedWorld : openFakeWorld;

const say = (line: string): void => {
  if (process.env.NEXTUNE_CHAOS_KILLS) writeSync(1, `${line}\n`);
};

describe('a campaign under kill -9', () => {
  let root: string;
  let world: ChaosWorld;
  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nextune-crash-')));
    world = await open(root);
  }, 300_000);
  afterAll(async () => {
    for (const name of readdirSync(root).filter((one) => one !== 'base')) await bringDown(stateOf(name));
    await world.close();
    rmSync(root, { recursive: true, force: true });
  }, 300_000);

  const stateOf = (name: string): string => join(root, name, '.nextune');

  /** Runs a campaign to its end and checks it. */
  const run = async (name: string, kills: Kill[], done: Kill[]): Promise<void> => {
    world.start(join(root, name));
    const stateDir = stateOf(name);
    const { campaign } = await findCampaign(stateDir, undefined);
    const told = (kill: Kill, processes: number, where: string): void => {
      say(`kill ${kill.number}: ${kill.victim} at ${where}, ${processes} processes`);
      if (processes > 0) done.push(kill);
    };
    await untilDoneUnder({ stateDir, campaign, components: world.components, endpoint: world.endpoint, kills, told });
    await world.check(stateDir, campaign);
    const checks = await verifyCampaign(stateDir, campaign);
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    await bringDown(stateDir);
    expect(supervisedProcesses(stateDir)).toEqual([]);
    rmSync(join(root, name), { recursive: true });
  };

  it(
    'finishes by itself with what an undisturbed run gives, and asks for nothing recorded twice',
    async () => {
      if (world.comparesWithCalm) await run('calm', [], []);
      const among = victimsOf(process.env.NEXTUNE_CHAOS_VICTIMS, world.victims);
      const schedule = scheduleOf(seed, firstKill + wantedKills, among).slice(firstKill);
      for (const { number, victim, round, step, afterMs } of schedule)
        say(`planned ${number}: ${victim} in round ${round}, ${step}, after ${afterMs} ms`);
      const done: Kill[] = [];
      for (const turn of new Set(schedule.map(({ campaign }) => campaign))) {
        await run(
          `killed-${turn}`,
          schedule.filter((kill) => kill.campaign === turn),
          done,
        );
        say(`campaign ${turn}: ${done.length} kills so far, all as undisturbed, nothing recorded asked twice`);
      }
      say(`${done.length} of ${schedule.length} kills met their victim`);
      expect(done.length).toBeGreaterThanOrEqual(schedule.length / 3);
    },
    longestMs * (2 + wantedKills),
  );
});
