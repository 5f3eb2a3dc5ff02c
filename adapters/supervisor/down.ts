import { existsSync } from 'node:fs';
import { defaultGraceMs, workerGraceMs } from './guarded-child.js';
import { endLeftovers, supervisedProcesses, waitForEnd } from './leftovers.js';
import { canonicalDir, livingState } from './runtime.js';
import { type ComponentName, removeRunFile } from './state.js';

export interface Ended {
  /** Whether a supervisor ran. */
  wasUp: boolean;
  /** Components that ran when `down` was asked for. */
  components: ComponentName[];
  /** Processes that no supervisor looked after any more, and that were ended too. */
  leftovers: { pid: number; command: string }[];
}

/** The components are stopped one after the other, each with its own grace. */
const supervisorGraceMs = workerGraceMs + 2 * defaultGraceMs + 2000;
const leftoverGraceMs = 1000;

/**
 * Ends the supervisor and all it started, and returns only when none of it runs any more. Safe to repeat.
 * @throws Error naming the processes that can't be ended.
 */
export const bringDown = async (givenDir: string): Promise<Ended> => {
  if (!existsSync(givenDir)) return { wasUp: false, components: [], leftovers: [] };
  const stateDir = canonicalDir(givenDir);
  const state = livingState(stateDir);
  if (state) {
    process.kill(state.supervisor.pid, 'SIGTERM');
    const ended = await waitForEnd([state.supervisor], supervisorGraceMs);
    if (!ended) process.kill(state.supervisor.pid, 'SIGKILL');
  }
  const leftovers = await endLeftovers(() => supervisedProcesses(stateDir), leftoverGraceMs);
  removeRunFile(stateDir, 'supervisor.json');
  const running = state?.components.filter(({ process }) => process !== null).map(({ name }) => name) ?? [];
  return {
    wasUp: state !== undefined,
    components: running,
    leftovers: leftovers.map(({ pid, command }) => ({ pid, command })),
  };
};
