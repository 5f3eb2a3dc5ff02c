import type { FailingStep } from '../failing-steps.js';
import { formatDuration } from './progress-line.js';

/** A failing step in words: what is tried again, since when, why, when next, and what to do. */
export const failingLines = (steps: readonly FailingStep[], nowMs: number): string[] =>
  steps.flatMap(({ step, workflowId, attempt, sinceMs, nextAttemptMs, lastError, advice }) => [
    `failing: ${step} of ${workflowId}, attempt ${attempt}` +
      `${sinceMs === undefined ? '' : `, first tried ${formatDuration(nowMs - sinceMs)} ago`}` +
      `, ${nextAttemptMs === undefined ? 'under way now' : `next in ${formatDuration(nextAttemptMs - nowMs)}`}`,
    `  last error: ${lastError.split('\n')[0]}`,
    `  what to do: ${advice}`,
  ]);
