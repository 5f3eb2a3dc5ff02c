import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Started {
  child: ChildProcess;
  pid: number;
  /** The first line it wrote to its output. */
  line: string;
  stop(): Promise<void>;
}

/** Starts a process; it is ready with its first line, which is JSON. */
export const start = async (command: string, args: string[], env: Record<string, string> = {}): Promise<Started> => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout });
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${[command, ...args].join(' ')} ended with ${code} before it was ready`);
  });
  const [line] = (await Promise.race([once(lines, 'line'), died])) as [string];
  died.catch(() => undefined);
  return { child, pid: child.pid as number, line, stop: () => stop(child) };
};

export const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  child.kill('SIGTERM');
  await ended;
};

const ticksPerSecond = 100;

interface Stat {
  pid: number;
  parent: number;
  ownSeconds: number;
  /** Of children that have ended and were waited for. */
  endedSeconds: number;
}

/** proc(5): fields 4 (ppid) and 14 to 17 (utime, stime, cutime, cstime); undefined when the process is gone. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const at = (field: number): number => fields[field - 3] ?? 0;
    const ownSeconds = (at(14) + at(15)) / ticksPerSecond;
    return { pid, parent: at(4), ownSeconds, endedSeconds: (at(16) + at(17)) / ticksPerSecond };
  } catch {
    return undefined;
  }
};

/** CPU seconds of a process itself. */
export const cpuSeconds = (pid: number): number => statOf(pid)?.ownSeconds ?? 0;

/** CPU seconds of everything that a process started, at any depth: what lives still and what has ended. */
export const descendantsCpuSeconds = (pid: number): number => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const below = (parent: number): Stat[] =>
    all.filter((stat) => stat.parent === parent).flatMap((stat) => [stat, ...below(stat.pid)]);
  const living = below(pid).reduce((sum, { ownSeconds, endedSeconds }) => sum + ownSeconds + endedSeconds, 0);
  return living + (statOf(pid)?.endedSeconds ?? 0);
};

/** The largest resident size that a process has had (proc(5): VmHWM). */
export const peakMemoryBytes = (pid: number): number => {
  const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
};
