import type { ChildProcess } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';
import { firstChannelFd, type LaunchRequest, launch } from './launch.js';
import { type EndFacts, outcomeOf, type RunOutcome } from './outcome.js';
import { jailPolicySchema } from './policy.js';

/** A command that runs in a jail, with a channel to it. */
export interface Jail {
  /** nsjail's process id on the host. */
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** This side of the sockets asked for with `channels`. */
  readonly channels: readonly Duplex[];
  /** The last of what the command wrote to stderr, at most 16 KiB. */
  stderrTail(): string;
  /** nsjail's own log: why a jail was refused. */
  log(): string;
  /** Settles once nsjail and with it everything inside is gone. Never rejects. */
  readonly exited: Promise<RunOutcome>;
  /** Ends the jail and all in it; resolves when it is gone. Safe to repeat. */
  close(): Promise<RunOutcome>;
}

const tailChars = 16 * 1024;
const killAfterMs = 2000;

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

/** nsjail reaps on SIGTERM; should it hang, SIGKILL ends it and its death ends the jail. */
const terminate = (child: ChildProcess): void => {
  if (child.exitCode !== null || child.signalCode !== null) return;
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
  readonly #child: ChildProcess;
  #stopped: EndFacts['stopped'];

  constructor(request: LaunchRequest, signal?: AbortSignal) {
    const { limits } = jailPolicySchema.parse(request.policy);
    const startedAt = performance.now();
    const child = launch(request);
    this.#child = child;
    this.stdin = child.stdin as Writable;
    this.stdout = child.stdout as Readable;
    this.channels = child.stdio.slice(firstChannelFd, firstChannelFd + (request.channels ?? 0)) as unknown as Duplex[];
    // A jail that ends while it is written to is an outcome, told by `exited`, not an error of the stream.
    this.stdin.on('error', () => {});
    this.stderrTail = keepTail(child.stderr);
    this.log = keepTail(child.stdio[3] as Readable | null);
    const onAbort = (): void => this.stop('closed');
    const timer = limits.wallMs === undefined ? undefined : setTimeout(() => this.stop('timeout'), limits.wallMs);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.exited = new Promise<RunOutcome>((resolve) => {
      child.once('error', (error) => resolve({ kind: 'refused', reason: error.message }));
      child.once('close', () =>
        resolve(
          outcomeOf({
            log: this.log(),
            elapsedMs: performance.now() - startedAt,
            cpuSeconds: limits.cpuSeconds,
            stopped: this.#stopped,
          }),
        ),
      );
    }).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the jail; the first reason given is the one its outcome tells. */
  stop(why: NonNullable<EndFacts['stopped']>): void {
    this.#stopped ??= why;
    terminate(this.#child);
  }

  close(): Promise<RunOutcome> {
    this.stop('closed');
    // 'close' waits for all pipes: an unread stdout would hold it open.
    this.stdout.resume();
    return this.exited;
  }
}

/** Starts a long-lived jail. It ends when its command does, on `close()`, on `signal`, or with this process. */
export const openJail = async (request: LaunchRequest & { signal?: AbortSignal }): Promise<Jail> =>
  new JailProcess(request, request.signal);
