import { Context } from '@temporalio/activity';
import { toTemporalFailure } from './failures.js';
import type { Work } from './ports.js';

const shortestBeatMs = 500;

/**
 * Runs an activity's body under heartbeats: one at once, since models load slowly, then at a third of the timeout with the
 * latest progress as details, and its time from the attempt's start (`atMs`), until it settles. Its signal aborts when
 * Temporal cancels the activity.
 */
export const underHeartbeat = async <Result, Progress extends object>(
  body: (work: Required<Work<Progress>>) => Promise<Result>,
): Promise<Result> => {
  const context = Context.current();
  const began = performance.now();
  let latest: (Progress & { atMs: number }) | undefined;
  const before = toldBefore(context.info.heartbeatDetails);
  const beat = (): void => context.heartbeat(latest ?? before);
  beat();
  const timer = setInterval(beat, Math.max(shortestBeatMs, (context.info.heartbeatTimeoutMs ?? 6000) / 3));
  try {
    return await body({
      signal: context.cancellationSignal,
      onProgress: (progress) => {
        latest = { ...progress, atMs: Math.round(performance.now() - began) };
      },
    });
  } catch (error) {
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw toTemporalFailure(error);
  } finally {
    clearInterval(timer);
  }
};

/** What an earlier attempt had is known until this one tells its own: a first beat without it would take it back. Its time was its own. */
const toldBefore = (details: unknown): object | undefined => {
  if (typeof details !== 'object' || details === null) return undefined;
  const { atMs: _its, ...rest } = details as { atMs?: number };
  return rest;
};
