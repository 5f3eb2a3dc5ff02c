import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** How long the tree has after SIGTERM before it is killed. */
const graceMs = 3000;
const tailBytes = 2000;

/** How a child ended, with the end of what it said on standard error. */
export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderrTail: string;
}

export interface ChildRun {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  logPath: string;
  onLine: (line: string) => void;
  signal?: AbortSignal | undefined;
}

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Ends the group on abort; returns what undoes the arrangement. */
const endOnAbort = (child: ChildProcess, signal: AbortSignal | undefined): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(child, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  };
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  };
};

/** The end of what was added to a log since it was `from` bytes long. */
const tailOf = async (log: FileHandle, from: number): Promise<string> => {
  const { size } = await log.stat();
  const start = Math.max(from, size - tailBytes);
  const { buffer, bytesRead } = await log.read(Buffer.alloc(Math.max(0, size - start)), { position: start });
  return buffer.toString('utf8', 0, bytesRead);
};

const untilEnd = async (run: ChildRun, log: FileHandle): Promise<Omit<ChildEnd, 'stderrTail'>> => {
  const child = spawn(run.command, run.args, { detached: true, env: run.env, stdio: ['pipe', 'pipe', log.fd] });
  const settle = endOnAbort(child, run.signal);
  try {
    // Only a child that could not be spawned has no pipe, and says so by its error event.
    if (child.stdout) createInterface({ input: child.stdout }).on('line', run.onLine);
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal };
  } finally {
    settle();
    signalGroup(child, 'SIGKILL');
  }
};

/**
 * Runs a child in a process group of its own. Its standard input stays open as long as this process lives, so a child
 * that watches it ends with us. When the child has ended, whatever is left of its group is killed. It writes its
 * standard error to the log itself: what it said stays, even when this process dies.
 */
export const runChild = async (run: ChildRun): Promise<ChildEnd> => {
  const log = await open(run.logPath, 'a+');
  try {
    const { size } = await log.stat();
    const end = await untilEnd(run, log);
    return { ...end, stderrTail: await tailOf(log, size) };
  } finally {
    await log.close();
  }
};
