import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** How long the tree has after SIGTERM before it is killed. */
const graceMs = 3000;
const tailCharacters = 2000;

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

/**
 * Runs a child in a process group of its own. Its standard input stays open as long as this process lives, so a child
 * that watches it ends with us. When the child has ended, whatever is left of its group is killed.
 */
export const runChild = async (run: ChildRun): Promise<ChildEnd> => {
  const child = spawn(run.command, run.args, { detached: true, env: run.env, stdio: ['pipe', 'pipe', 'pipe'] });
  const log = createWriteStream(run.logPath, { flags: 'a' });
  let stderrTail = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log.write(chunk);
    stderrTail = (stderrTail + chunk.toString('utf8')).slice(-tailCharacters);
  });
  createInterface({ input: child.stdout }).on('line', run.onLine);
  const settle = endOnAbort(child, run.signal);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, stderrTail };
  } finally {
    settle();
    signalGroup(child, 'SIGKILL');
    log.end();
  }
};
