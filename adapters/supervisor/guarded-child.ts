import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Stream } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isGroupRunning, type ProcessIdentity } from './process-identity.js';

/**
 * Runs a command in a process group whose standard input (kept as descriptor 4) is a pipe of the supervisor's. When
 * the pipe ends, because the supervisor did in whatever way, the group is asked to end and then killed. Where setpriv
 * knows parent-death signals, the command also dies with a guard that was killed. Descriptor 3 reports the command's pid
 * and status, because the guard itself ends by killing its whole group: stragglers of the command go with it. The last
 * `wait` asks for the status once more: where a signal comes with the command's end, the one before may give the signal.
 */
const guardScript = (graceMs: number): string => `
exec 4<&0
trap : TERM INT HUP
if setpriv --pdeathsig KILL true 2>/dev/null; then set -- setpriv --pdeathsig KILL "$@"; fi
"$@" <&4 3>&- 4<&- &
child=$!
trap '' PIPE
echo "pid $child" >&3
( trap '' TERM INT HUP; cat <&4 >/dev/null; kill -TERM -$$; sleep ${graceMs / 1000}; kill -KILL -$$ ) 3>&- >/dev/null 2>&1 &
exec 4<&-
while :; do wait "$child"; status=$?; kill -0 "$child" 2>/dev/null || break; done
wait "$child"; again=$?
[ "$again" = 127 ] || status=$again
echo "status $status" >&3
kill -KILL -$$`;

/** How long a child may take to end after it was asked to, before it is killed. */
export const defaultGraceMs = 8000;
/** A worker cuts off after 8 s what it can't finish, and then has to give it back: a killed one leaves it to time out. */
export const workerGraceMs = 14_000;

export interface ChildCommand {
  command: string;
  args: string[];
  /** Its whole environment; the supervisor's own where it is left out. */
  env?: NodeJS.ProcessEnv;
}

export interface GuardedChild {
  /** The command itself, not its guard. */
  identity: ProcessIdentity;
  /** Resolves with how it ended, in words, once nothing of its group runs. */
  exited: Promise<string>;
  /** Asks the whole group to end, kills what remains of it, and resolves when nothing does. */
  stop(graceMs?: number): Promise<void>;
}

const signalGroup = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** One stopped in the kernel, as by a slow disk, can't be killed for now: the wait for it has an end. */
const longestKillMs = 30_000;
const killGroup = async (groupId: number): Promise<void> => {
  const until = performance.now() + longestKillMs;
  while (isGroupRunning(groupId) && performance.now() < until) {
    signalGroup(groupId, 'SIGKILL');
    await delay(10);
  }
};

const linesOf = (stream: Stream | null | undefined, onLine: (line: string) => void): void => {
  createInterface({ input: stream as Readable }).on('line', onLine);
};

/** The words for a command that ended by itself. */
export const endedWith = (status: number | string): string => `ended with status ${status}`;

/** A shell gives 128 and the signal's number for a command that a signal ended. */
const describeStatus = (status: string | undefined): string => {
  if (status === undefined) return 'ended with its guard, which was killed';
  const signal = Object.entries(constants.signals).find(([, number]) => number === Number(status) - 128)?.[0];
  return signal ? `was ended by ${signal}` : endedWith(status);
};

const whenExited = async (child: ChildProcess, pid: number, report: Map<string, string>): Promise<string> => {
  await once(child, 'close');
  await killGroup(pid);
  return describeStatus(report.get('status'));
};

/** The guard's report, and the command's pid as soon as it is there; undefined when the guard ended before. */
const readReport = (child: ChildProcess) => {
  const report = new Map<string, string>();
  const pid = new Promise<number | undefined>((resolve) => {
    linesOf(child.stdio[3], (line) => {
      const [key = '', value = ''] = line.split(' ');
      report.set(key, value);
      if (key === 'pid') resolve(Number(value));
    });
    child.once('close', () => resolve(undefined));
  });
  return { report, pid };
};

/** @throws Error when the process could not be started at all. */
export const spawnGuarded = async (
  { command, args, env }: ChildCommand,
  onLine: (line: string) => void,
  childGraceMs = defaultGraceMs,
): Promise<GuardedChild> => {
  const child = spawn('/bin/sh', ['-c', guardScript(childGraceMs), 'nextune-guard', command, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: env ?? process.env,
  });
  await once(child, 'spawn');
  const guardPid = child.pid as number;
  child.stdin?.on('error', () => undefined);
  linesOf(child.stdout, onLine);
  linesOf(child.stderr, onLine);
  const { report, pid } = readReport(child);
  const exited = whenExited(child, guardPid, report);
  const commandPid = (await pid) ?? guardPid;
  const identity = identify(commandPid) ?? { pid: commandPid, startTicks: '', bootId: '' };
  const stop = async (graceMs = childGraceMs): Promise<void> => {
    signalGroup(guardPid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(guardPid, 'SIGKILL'), graceMs);
    await exited.finally(() => clearTimeout(timer));
  };
  return { identity, exited, stop };
};
