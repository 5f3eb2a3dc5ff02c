import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedAdaptersDir } from '../../adapters/model/embedded-engine.js';
import { bringDown } from '../../adapters/supervisor/down.js';
import { supervisedProcesses } from '../../adapters/supervisor/leftovers.js';
import { identify, isRunning, type ProcessIdentity } from '../../adapters/supervisor/process-identity.js';
import { livingState } from '../../adapters/supervisor/runtime.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { findCampaign } from '../../client/campaign-folder.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { descendantsOf } from '../descendants.js';
import { look } from './chaos/campaign.js';
import { longestMs } from './chaos/disturb.js';
import { killVictim } from './chaos/kill.js';
import { nextune, samplesSealed, writeCampaign } from './embedded/campaign.js';
import {
  expectAskedOnce,
  installWitnessed,
  recordedKeys,
  type WitnessedInstallation,
} from './embedded/installation.js';

describe('a campaign on the embedded engine under kill -9', () => {
  let dir: string;
  let stateDir: string;
  let installed: WitnessedInstallation;
  let campaign: string;
  /** Keys of requests that the engine had taken and not answered when something was killed. */
  const cutOff: string[] = [];
  const seen: ProcessIdentity[] = [];
  beforeAll(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'nextune-crash-')));
    stateDir = join(dir, '.nextune');
    installed = installWitnessed(join(dir, 'witness'), stateDir);
    writeCampaign(dir);
  }, 300_000);
  afterAll(async () => {
    installed.holdAt();
    await bringDown(stateDir);
    rmSync(dir, { recursive: true, force: true });
  }, 300_000);

  const type = (...args: string[]): void => nextune(dir, installed.env, ...args);

  /** Jails have an empty environment: they are found by their parents while these live, and known again by pid and start. */
  const processesNow = (): ProcessIdentity[] => {
    const supervisor = livingState(stateDir)?.supervisor.pid;
    const below = supervisor === undefined ? [] : descendantsOf(supervisor);
    return [...supervisedProcesses(stateDir).map(({ pid }) => pid), ...below].flatMap((pid) => identify(pid) ?? []);
  };

  /** Kills once the engine stands still, with requests under way and all that it has answered on disk. */
  const killThere = async (victim: 'engine' | 'worker' | 'everything'): Promise<void> => {
    const isThere = async (): Promise<boolean> => {
      await look(stateDir, campaign);
      const recorded = recordedKeys(stateDir);
      return installed.isHeld() && installed.ofThisEngine().answered.every((key) => recorded.includes(key));
    };
    await eventually(`the engine stands still, for ${victim}`, isThere, longestMs);
    const { underWay } = installed.ofThisEngine();
    expect(underWay).not.toEqual([]);
    cutOff.push(...underWay);
    seen.push(...processesNow());
    expect(await killVictim(stateDir, victim)).toBeGreaterThan(0);
  };

  /** The engine that comes up reads another adapter under the name of the one that was asked. @returns whether that one is back */
  const spoilAdapter = (): (() => boolean) => {
    const [name = ''] = readdirSync(embeddedAdaptersDir(stateDir));
    const path = join(embeddedAdaptersDir(stateDir), name, 'adapter_model.safetensors');
    const bytes = readFileSync(path);
    const other = Buffer.from(bytes);
    other.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    writeFileSync(path, other);
    return () => readFileSync(path).equals(bytes);
  };

  it(
    'goes on by itself after each, and after an up where all were killed at once',
    async () => {
      installed.holdAt('decode', 2);
      type('up');
      type('run', 'nextune.yaml', '--detach');
      ({ campaign } = await findCampaign(stateDir, undefined));
      await killThere('engine');
      installed.holdAt('decode', 2);
      await killThere('worker');
      installed.holdAt('load');
      await killThere('engine');
      installed.holdAt('decode', 1);
      await killThere('everything');
      const restored = spoilAdapter();
      installed.holdAt();
      type('up');
      const isDone = async (): Promise<boolean> => (await look(stateDir, campaign))?.state === 'completed';
      await eventually('the campaign is done', isDone, longestMs);
      expect(restored()).toBe(true);
    },
    6 * longestMs,
  );

  it('asks for nothing that was recorded, and again for each answer that was cut off', () => {
    expectAskedOnce(installed, stateDir);
    for (const key of cutOff) expect(installed.asked().filter((line) => line.asked === key).length).toBeGreaterThan(1);
  });

  it('seals each sample that the configuration asks for, once, in a record that is whole', async () => {
    const { found, askedFor } = await samplesSealed(stateDir, campaign);
    expect(found).toEqual(askedFor);
    type('audit', 'verify');
    const checks = await verifyCampaign(stateDir, campaign);
    expect(checks.every(({ checked }) => checked > 0)).toBe(true);
  }, 300_000);

  it('leaves no process once it is brought down', () => {
    seen.push(...processesNow());
    expect(existsSync(`/proc/${livingState(stateDir)?.supervisor.pid}`)).toBe(true);
    type('down');
    expect(supervisedProcesses(stateDir)).toEqual([]);
    expect(seen.filter(isRunning)).toEqual([]);
  }, 300_000);
});
