import { setTimeout as delay } from 'node:timers/promises';
import { failureTypes, NextuneFailure } from '../../contract/failures.js';

const mostAttempts = 8;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/**
 * Runs a step again while its failure is one that passes, as Temporal does for a campaign: an evaluation runs without a
 * server. What was answered before is in the ledger and is not asked for again.
 */
export const persistently = async <Result>(
  step: () => Promise<Result>,
  { signal, onRetry }: { signal: AbortSignal; onRetry: (message: string) => void },
): Promise<Result> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      signal.throwIfAborted();
      const passing = error instanceof NextuneFailure && failureTypes[error.kind].retryable;
      if (!passing || attempt === mostAttempts) throw error;
      const pauseMs = error.retryAfterMs ?? Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
      onRetry(`${error.message}: trying again in ${Math.round(pauseMs / 1000)} s`);
      await delay(pauseMs, undefined, { signal });
    }
  }
};
