import { mkdtempSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringDown } from '../../adapters/supervisor/down.js';
import { supervisedProcesses } from '../../adapters/supervisor/leftovers.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { findCampaign } from '../../client/campaign-folder.js';
import { openCampaignReader } from '../../client/campaign-reader.js';
import { worldTasks } from '../fakes/campaign-world.js';
import { type FakeEndpoint, startFakeEndpoint } from '../fakes/endpoint.js';
import { runCampaign, writeTinyBase } from './chaos/campaign.js';
import { longestMs, untilDoneUnder } from './chaos/disturb.js';
import { type Kill, scheduleOf, victims, victimsOf } from './chaos/schedule.js';
import { askedThoughRecorded } from './recorded-texts.js';

/** `npm run chaos` sets these; `npm test` runs a short set. */
const wantedKills = Number(process.env.NEXTUNE_CHAOS_KILLS ?? '7');
const seed = process.env.NEXTUNE_CHAOS_SEED ?? '1';
const among = victimsOf(process.env.NEXTUNE_CHAOS_VICTIMS ?? victims.join(','));
const firstKill = Number(process.env.NEXTUNE_CHAOS_FROM ?? '0');

const say = (line: string): void => {
  if (process.env.NEXTUNE_CHAOS_KILLS) writeSync(1, `${line}\n`);
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

  /** Runs a campaign to its end. @returns its id */
  const run = async (name: string, kills: Kill[], done: Kill[]): Promise<string> => {
    runCampaign(join(root, name), join(root, 'base'), endpoint);
    const stateDir = stateOf(name);
    const { campaign } = await findCampaign(stateDir, undefined);
    const told = (kill: Kill, processes: number, where: string): void => {
      say(`kill ${kill.number}: ${kill.victim} at ${where}, ${processes} processes`);
      if (processes > 0) done.push(kill);
    };
    await untilDoneUnder({ stateDir, campaign, endpoint, kills, told });
    return campaign;
  };

  it(
    'finishes by itself with the digests of an undisturbed run, and asks for nothing recorded twice',
    async () => {
      const calm = await run('calm', [], []);
      const digestsOf = async (name: string, id: string): Promise<string[]> =>
        (await openCampaignReader(stateOf(name)).sealed(id)).map(({ manifest }) => manifest.contentDigest);
      const undisturbed = await digestsOf('calm', calm);
      await bringDown(stateOf('calm'));

      const schedule = scheduleOf(seed, firstKill + wantedKills, among).slice(firstKill);
      for (const { number, victim, round, step, afterMs } of schedule)
        say(`planned ${number}: ${victim} in round ${round}, ${step}, after ${afterMs} ms`);
      const done: Kill[] = [];
      for (const turn of new Set(schedule.map(({ campaign }) => campaign))) {
        const name = `killed-${turn}`;
        endpoint.asked.clear();
        const repeated = askedThoughRecorded(endpoint, stateOf(name));
        const kills = schedule.filter((kill) => kill.campaign === turn);
        const campaign = await run(name, kills, done);
        expect(repeated).toEqual([]);
        expect(await digestsOf(name, campaign)).toEqual(undisturbed);
        const checks = await verifyCampaign(stateOf(name), campaign);
        expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
        await bringDown(stateOf(name));
        expect(supervisedProcesses(stateOf(name))).toEqual([]);
        rmSync(join(root, name), { recursive: true });
        say(`campaign ${turn}: ${done.length} kills so far, digests equal, nothing recorded asked twice`);
      }
      say(`${done.length} of ${schedule.length} kills met their victim`);
      expect(done.length).toBeGreaterThanOrEqual(schedule.length / 3);
    },
    longestMs * (2 + wantedKills),
  );
});
