import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { allPids, identify, isRunning, type ProcessIdentity } from './process-identity.js';

/** Every supervised process inherits this variable, so that what outlives its supervisor can be told from all others. */
const markName = 'NEXTUNE_SUPERVISED';

/** The supervisor itself has it too, so that `down` finds one that is only just starting. */
export const markOf = (stateDir: string): Record<string, string> => ({ [markName]: stateDir });

export interface MarkedProcess extends ProcessIdentity {
  command: string;
}

const isMarked = (pid: number, stateDir: string): boolean =>
  readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${markName}=${stateDir}`);

const markedProcess = (pid: number, stateDir: string): MarkedProcess | undefined => {
  try {
    const identity = isMarked(pid, stateDir) ? identify(pid) : undefined;
    if (identity === undefined) return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).slice(0, 4).join(' ');
    return { ...identity, command };
  } catch {
    return undefined;
  }
};

/** What supervisors of this state folder started and still runs, their descendants included. Other users' stay unseen. */
export const supervisedProcesses = (stateDir: string): MarkedProcess[] =>
  allPids()
    .filter((pid) => pid !== process.pid)
    .flatMap((pid) => markedProcess(pid, stateDir) ?? []);

const signalIfRunning = (identity: ProcessIdentity, signal: NodeJS.Signals): void => {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It ended in between.
  }
};

/** Waits until none of them runs. @returns whether that came within the time. */
export const waitForEnd = async (processes: readonly ProcessIdentity[], timeoutMs: number): Promise<boolean> => {
  const until = performance.now() + timeoutMs;
  while (processes.some(isRunning)) {
    if (performance.now() > until) return false;
    await delay(20);
  }
  return true;
};

/** Ends what is found, asked first and then killed, until nothing more is found. @returns what was ended. */
export const endLeftovers = async (find: () => MarkedProcess[], graceMs: number): Promise<MarkedProcess[]> => {
  const ended = find();
  for (const leftover of ended) signalIfRunning(leftover, 'SIGTERM');
  await waitForEnd(ended, graceMs);
  for (let round = 0; round < 50; round++) {
    // One whose first thread has ended has no environment to be found by.
    const remaining = [...find(), ...ended.filter(isRunning)];
    if (remaining.length === 0) return ended;
    for (const leftover of remaining) signalIfRunning(leftover, 'SIGKILL');
    await waitForEnd(remaining, 1000);
  }
  throw new Error(
    `processes that can't be ended: ${find()
      .map(({ pid, command }) => `${pid} (${command})`)
      .join(', ')}`,
  );
};
