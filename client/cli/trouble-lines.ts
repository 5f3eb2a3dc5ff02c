import type { InterruptedStep } from '../interrupted-steps.js';
import type { UnservedQueue } from '../unserved-queues.js';
import { formatDuration } from './progress-line.js';

/** What waits for a worker that is not there, since when, and what to do. */
export const unservedLines = (queues: readonly UnservedQueue[], nowMs: number): string[] =>
  queues.flatMap(({ queue, steps, sinceMs, advice }) => [
    `waiting for ${formatDuration(nowMs - sinceMs)}: ${steps.join(', ')}, as no worker takes work of queue ${queue}`,
    `  what to do: ${advice}`,
  ]);

/** What stopping its worker cut off, told once a step: no error. */
export const interruptedLines = (steps: readonly InterruptedStep[]): string[] => {
  const lines = new Map<string, number>();
  for (const { step, goesOn } of steps) {
    const line =
      `interrupted: ${step}, when its worker was stopped; what was finished is kept, and it ` +
      (goesOn ? 'is under way again' : 'goes on once a worker takes it');
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  return [...lines].map(([line, count]) => (count > 1 ? `${line} (${count} of them)` : line));
};
