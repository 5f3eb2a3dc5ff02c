import { setTimeout as delay } from 'node:timers/promises';
import { supervisedProcesses } from '../../../adapters/supervisor/leftovers.js';
import { type Runtime, readRuntime } from '../../../adapters/supervisor/runtime.js';
import type { ComponentName } from '../../../adapters/supervisor/state.js';
import { ensureUp } from '../../../adapters/supervisor/up.js';
import { descendantsOf, readProc } from '../../descendants.js';
import type { FakeEndpoint } from '../../fakes/endpoint.js';
import type { Victim } from './schedule.js';

const kill = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};

const componentPid = (runtime: Runtime | undefined, name: string): number | undefined =>
  runtime?.components.find((one) => one.name === name && one.state === 'ready')?.process?.pid;

const endpointDownMs = 1500;

/** Kills a victim if it is there now. @returns how many processes that took, or requests */
export const killVictim = async (stateDir: string, victim: Victim, endpoint?: FakeEndpoint): Promise<number> => {
  const runtime = await readRuntime(stateDir);
  const worker = componentPid(runtime, 'worker');
  const below = (word: string): number[] =>
    worker === undefined ? [] : descendantsOf(worker).filter((pid) => readProc(pid, 'cmdline').includes(word));
  const all = (pids: readonly number[]): number => pids.filter(kill).length;
  switch (victim) {
    case 'engine':
    case 'worker':
    case 'temporal':
      return all([componentPid(runtime, victim)].filter((pid) => pid !== undefined));
    case 'sandbox':
      return all(below('nsjail'));
    case 'trainer':
      return all(below('nextune_train'));
    case 'endpoint':
      return endpoint ? await dropConnections(endpoint) : 0;
    case 'supervisor':
      return runtime ? all([runtime.supervisor.pid]) : 0;
    case 'everything':
      return all([...(runtime ? descendantsOf(runtime.supervisor.pid) : []), ...pidsOf(stateDir)]);
  }
};

const pidsOf = (stateDir: string): number[] => supervisedProcesses(stateDir).map(({ pid }) => pid);

const dropConnections = async (endpoint: FakeEndpoint): Promise<number> => {
  let dropped = 0;
  endpoint.trouble = (_request, response) => {
    response.destroy();
    dropped++;
    return 'answered';
  };
  await delay(endpointDownMs);
  endpoint.trouble = undefined;
  return dropped;
};

/** What a person, or the machine's start, does after the supervisor died: `up` on the same folder. */
export const bringBack = async (stateDir: string, components: ComponentName[]): Promise<void> => {
  if ((await readRuntime(stateDir)) !== undefined) return;
  await ensureUp({ stateDir, components });
};
