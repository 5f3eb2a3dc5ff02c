import { setTimeout as delay } from 'node:timers/promises';
import { type ChildCommand, endedWith, type GuardedChild, spawnGuarded } from './guarded-child.js';
import type { ProcessIdentity } from './process-identity.js';
import type { ComponentName } from './state.js';

/** One process to keep running: how to start it, and how to know that it does its work. */
export interface ComponentSpec {
  name: ComponentName;
  /** Made anew for each start. What it throws is why the component can't start. */
  command: () => ChildCommand;
  /** Ready once a line of its output says so, or once a probe succeeds. A probe goes on as a check of its health. */
  ready: { line: (line: string) => boolean } | { probe: () => Promise<boolean> };
  startTimeoutMs: number;
  /** A probe that fails for this long ends the process, to be started anew. */
  unresponsiveMs: number;
  /** How long it may take to end when it is asked to, before it is killed. */
  graceMs?: number;
  /** What must be ready before its first start. */
  after: ComponentName[];
  /** The exit status that says it lacks something that comes back by itself, and what: it is never given up for that. */
  lacks?: { status: number; what: string };
}

export interface RunEvents {
  onLine: (line: string) => void;
  onStarted: (identity: ProcessIdentity) => void;
  onReady: (afterMs: number) => void;
}

/** How one run ended; `readyForMs` is undefined when it never was ready. Where nothing could be run, trying again is of no use. */
export type RunOutcome = EndedRun | { unstartable: string };
export interface EndedRun {
  reason: string;
  readyForMs: number | undefined;
  /** It lacks what comes back by itself. */
  passing?: boolean;
}

const probeEveryMs = 40;
const checkEveryMs = 5000;
const hungGraceMs = 1000;

/** A pause that ends early with the signal. */
const pause = (timeMs: number, signal: AbortSignal): Promise<void> =>
  delay(timeMs, undefined, { signal }).catch(() => undefined);

const probeUntilReady = async (probe: () => Promise<boolean>, ended: AbortSignal): Promise<'ready' | 'ended'> => {
  while (!ended.aborted) {
    if (await probe()) return 'ready';
    await pause(probeEveryMs, ended);
  }
  return 'ended';
};

const untilReady = async (
  spec: ComponentSpec,
  announced: Promise<'ready'>,
  ended: AbortSignal,
): Promise<'ready' | 'ended' | 'late'> => {
  const settled = new AbortController();
  const done = AbortSignal.any([ended, settled.signal]);
  const isReady = 'probe' in spec.ready ? probeUntilReady(spec.ready.probe, done) : announced;
  const timeout = pause(spec.startTimeoutMs, done).then(() => (ended.aborted ? 'ended' : 'late') as 'ended' | 'late');
  const first = await Promise.race([isReady, timeout]);
  settled.abort();
  return ended.aborted ? 'ended' : first;
};

/**
 * Resolves when the process has ended, or with a reason when its probe failed for too long. Failures are counted, not
 * time: after the whole machine slept or froze, the clock alone would condemn a healthy process.
 */
const watchHealth = async (spec: ComponentSpec, ended: AbortSignal): Promise<string | undefined> => {
  const everyMs = Math.min(checkEveryMs, spec.unresponsiveMs / 4);
  let failures = 0;
  while (!ended.aborted) {
    await pause(everyMs, ended);
    if ('line' in spec.ready || ended.aborted || (await spec.ready.probe())) failures = 0;
    else failures++;
    if (failures * everyMs >= spec.unresponsiveMs) return `did not answer ${failures} times in a row`;
  }
  return undefined;
};

const endBeforeReady = ({ lacks }: ComponentSpec, reason: string): EndedRun =>
  lacks && reason === endedWith(lacks.status)
    ? { reason: lacks.what, readyForMs: undefined, passing: true }
    : { reason, readyForMs: undefined };

const watch = async (
  spec: ComponentSpec,
  child: GuardedChild,
  announced: Promise<'ready'>,
  events: RunEvents,
): Promise<EndedRun> => {
  const began = performance.now();
  const ended = new AbortController();
  void child.exited.then(() => ended.abort());
  const started = await untilReady(spec, announced, ended.signal);
  if (started === 'late') {
    await child.stop(hungGraceMs);
    return { reason: `was not ready after ${spec.startTimeoutMs / 1000} s`, readyForMs: undefined };
  }
  if (started === 'ended') return endBeforeReady(spec, await child.exited);
  const readyAt = performance.now();
  events.onReady(readyAt - began);
  const hung = await watchHealth(spec, ended.signal);
  if (hung) await child.stop(hungGraceMs);
  return { reason: hung ?? (await child.exited), readyForMs: performance.now() - readyAt };
};

/** Starts a component once and follows it to its end, which `stopped` brings about. */
export const runOnce = async (spec: ComponentSpec, events: RunEvents, stopped: AbortSignal): Promise<RunOutcome> => {
  let announce: (ready: 'ready') => void = () => undefined;
  const announced = new Promise<'ready'>((resolve) => {
    announce = resolve;
  });
  const onLine = (line: string): void => {
    events.onLine(line);
    if ('line' in spec.ready && spec.ready.line(line)) announce('ready');
  };
  let child: GuardedChild;
  try {
    child = await spawnGuarded(spec.command(), onLine, spec.graceMs);
  } catch (error) {
    return { unstartable: error instanceof Error ? error.message : String(error) };
  }
  events.onStarted(child.identity);
  const stop = (): void => void child.stop();
  stopped.addEventListener('abort', stop, { once: true });
  if (stopped.aborted) stop();
  return watch(spec, child, announced, events).finally(() => stopped.removeEventListener('abort', stop));
};
