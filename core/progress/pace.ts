import type { StepProgress } from '../../contract/campaign.js';

export interface Pace {
  perSecond: number;
  leftMs: number;
}

/**
 * How fast a step goes, by time in which it was worked on alone, and how long the rest takes; undefined before anything new
 * was made. Answers come in bursts: the speed is that up to the latest one, and time since then counts down, until it is
 * longer than all before or than what is left: then it is part of the speed. While nothing is under way the time left stands.
 */
export const paceOf = (step: StepProgress, nowMs: number): Pace | undefined => {
  const { spans = [], made = 0 } = step.worked ?? {};
  const workedMs = spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  if (made <= 0 || workedMs <= 0) return undefined;
  const left = Math.max(0, step.total - step.done);
  const latestMs = Math.max(step.busySinceMs ?? nowMs, spans.at(-1)?.toMs ?? 0);
  const sinceMs = Math.max(0, nowMs - latestMs);
  const leftMs = (left * workedMs) / made - sinceMs;
  if (sinceMs <= workedMs && leftMs >= 0) return { perSecond: (1000 * made) / workedMs, leftMs };
  const stalledMs = workedMs + sinceMs;
  return { perSecond: (1000 * made) / stalledMs, leftMs: (left * stalledMs) / made };
};
