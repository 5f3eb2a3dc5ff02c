import type { FailingStep } from '../failing-steps.js';
import { formatDuration } from './progress-line.js';

/** Failing steps in words: what is tried again, since when, why, when next, and what to do; those of one cause told once. */
export const failingLines = (steps: readonly FailingStep[], nowMs: number): string[] =>
  byCause(steps).flatMap(([first, ...others]) => {
    const { step, workflowId, attempt, sinceMs, nextAttemptMs, lastError, advice } = first;
    return [
      `failing: ${step} of ${workflowId}${others.length > 0 ? ` and ${others.length} more` : ''}, attempt ${attempt}` +
        `${sinceMs === undefined ? '' : `, first tried ${formatDuration(nowMs - sinceMs)} ago`}` +
        `, ${nextAttemptMs === undefined ? 'under way now' : `next in ${formatDuration(nextAttemptMs - nowMs)}`}`,
      `  last error: ${firstLine(lastError)}`,
      `  what to do: ${advice}`,
    ];
  });

type Together = [FailingStep, ...FailingStep[]];

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

/** The longest failing first in each. */
const byCause = (steps: readonly FailingStep[]): Together[] => {
  const groups = new Map<string, Together>();
  for (const step of [...steps].sort((a, b) => (a.sinceMs ?? 0) - (b.sinceMs ?? 0))) {
    const cause = JSON.stringify([step.step, firstLine(step.lastError), step.advice]);
    const group = groups.get(cause);
    if (group) group.push(step);
    else groups.set(cause, [step]);
  }
  return [...groups.values()];
};
