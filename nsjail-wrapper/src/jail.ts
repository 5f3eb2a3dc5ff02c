import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cgroup, sweepCgroups } from './cgroup.js';
import { bubblewrapChild, readBubblewrapStatus } from './engine/bubblewrap.js';
import { type EngineEnd, firstChannelFd, reportFd } from './engine/engine.js';
import { readNsjailLog } from './engine/nsjail.js';
import { type Launched, type LaunchRequest, launch } from './launch.js';
import { type EndFacts, outcomeOf, type RunOutcome } from './outcome.js';

/** A command that runs in a jail, with a channel to it. */
export interface Jail {
  /** The engine's process id on the host. */
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** This side of the sockets asked for with `channels`. */
  readonly channels: readonly Duplex[];
  /** The last of what the command wrote to stderr, at most 16 KiB. */
  stderrTail(): string;
  /** The engine's own words: why a jail was refused. */
  log(): string;
  /** Settles once the engine and with it everything inside is gone. Never rejects. */
  readonly exited: Promise<RunOutcome>;
  /** Ends the jail and all in it; resolves when it is gone. Safe to repeat. */
  close(): Promise<RunOutcome>;
}

const tailChars = 16 * 1024;
const killAfterMs = 2000;
const lookEveryMs = 50;

/** Keeps the end of what a stream says, so that a chatty jail costs no memory. */
const keepTail = (stream: Readable | null | undefined): (() => string) => {
  let tail = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    tail = (tail + text).slice(-tailChars);
  });
  stream?.on('error', () => {});
  return () => tail;
};

/** Kills a process, or with a negative number a group. One may be gone by itself, or not yet be the leader of its group. */
const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // What is left then is ended by its parent's signal, or by the number that bubblewrap tells.
  }
};

/** Whether a process is the first of a pid namespace below ours: a number used anew since is not (proc_pid_status(5)). */
const isFirstInJail = (pid: number): boolean => {
  try {
    return /^NSpid:\s+\d+(?:\s+\d+)*\s+1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const killFirst = (status: string): void => {
  const pid = bubblewrapChild(status);
  if (pid !== undefined && isFirstInJail(pid)) killIfThere(pid);
};

/**
 * A killed nsjail leaves its control group, which can be removed once the last process in it is gone: on a busy machine that takes
 * a while. One that was killed before it ran anything most likely has none to wait for.
 */
const sweepAfterKill = async (cgroup: Cgroup, log: string): Promise<void> => {
  const mostTries = readNsjailLog(log).entered ? 400 : 20;
  for (let tries = 0; tries < mostTries && sweepCgroups(cgroup).length === 0; tries += 1) await sleep(25);
};

const endOf = ({ engine }: Launched, report: string, stderr: string): EngineEnd =>
  engine.kind === 'nsjail' ? readNsjailLog(report) : readBubblewrapStatus(report, stderr);

/**
 * bubblewrap does not reap. Its child leaves the process group for a session of its own some time before it asks to die
 * with its parent (bubblewrap 0.11), and one caught between the two would outlive it, with our pipes: so it is killed by
 * the number that bubblewrap told, looked for until those pipes close.
 */
const killOrphan = (child: ChildProcess, status: () => string): void => {
  child.once('exit', () => {
    killFirst(status());
    const timer = setInterval(() => killFirst(status()), lookEveryMs);
    child.once('close', () => clearInterval(timer));
  });
};

/** nsjail reaps on SIGTERM; should it hang, SIGKILL ends it and its death ends the jail. */
const terminateNsjail = (child: ChildProcess): void => {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  child.once('exit', () => clearTimeout(timer));
};

export class JailProcess implements Jail {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly channels: readonly Duplex[];
  readonly exited: Promise<RunOutcome>;
  readonly stderrTail: () => string;
  readonly log: () => string;
  readonly #launched: Launched;
  #stopped: EndFacts['stopped'];

  /** @throws Refusal when the policy can't be given here; @throws Error when there is no engine. */
  constructor(request: LaunchRequest, signal?: AbortSignal) {
    const startedAt = performance.now();
    const launched = launch(request);
    const { child, policy } = launched;
    this.#launched = launched;
    this.stdin = child.stdin as Writable;
    this.stdout = child.stdout as Readable;
    this.channels = child.stdio.slice(firstChannelFd, firstChannelFd + (request.channels ?? 0)) as unknown as Duplex[];
    // A jail that ends while it is written to is an outcome, told by `exited`, not an error of the stream.
    this.stdin.on('error', () => {});
    this.stderrTail = keepTail(child.stderr);
    this.log = keepTail(child.stdio[reportFd] as Readable | null);
    if (launched.engine.kind === 'bubblewrap') killOrphan(child, this.log);
    const { wallMs, cpuSeconds } = policy.limits;
    const onAbort = (): void => this.stop('closed');
    const timer = wallMs === undefined ? undefined : setTimeout(() => this.stop('timeout'), wallMs);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.exited = this.#ended().then(async (spawnError) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (launched.cgroup && child.signalCode !== null) await sweepAfterKill(launched.cgroup, this.log());
      if (spawnError) return { kind: 'refused', reason: spawnError.message };
      const end = endOf(launched, this.log(), this.stderrTail());
      return outcomeOf({ end, elapsedMs: performance.now() - startedAt, cpuSeconds, stopped: this.#stopped });
    });
  }

  /** Resolves once the engine is gone and its pipes are read to the end. */
  #ended(): Promise<Error | undefined> {
    return new Promise((resolve) => {
      this.#launched.child.once('error', resolve);
      this.#launched.child.once('close', () => resolve(undefined));
    });
  }

  get pid(): number | undefined {
    return this.#launched.child.pid;
  }

  /** Ends the jail; the first reason given is the one its outcome tells. */
  stop(why: NonNullable<EndFacts['stopped']>): void {
    this.#stopped ??= why;
    const { child, engine } = this.#launched;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    if (engine.kind === 'bubblewrap') killIfThere(-child.pid);
    else terminateNsjail(child);
  }

  close(): Promise<RunOutcome> {
    this.stop('closed');
    // 'close' waits for all pipes: an unread stdout would hold it open.
    this.stdout.resume();
    return this.exited;
  }
}

/**
 * Starts a long-lived jail. It ends when its command does, on `close()`, on `signal`, or with this process.
 * @throws Refusal when the policy can't be given here; @throws Error when there is no engine.
 */
export const open = async (request: LaunchRequest & { signal?: AbortSignal }): Promise<Jail> =>
  new JailProcess(request, request.signal);
