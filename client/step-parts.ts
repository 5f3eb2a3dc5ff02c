import type { StepProgress } from '../contract/campaign.js';
import type { Worked } from '../contract/worked.js';
import { mergeWorked } from '../core/progress/worked.js';

/** An activity's account of itself: from those that count, or from the trainer. `atMs` is from its attempt's start. */
export interface Beat {
  done?: number;
  total?: number;
  /** Of `done`, what the ledger had. */
  recorded?: number;
  step?: number;
  totalSteps?: number;
  /** Where this attempt of the trainer's began to count, and when. */
  from?: { step: number; atMs: number };
  atMs?: number;
}

/** An attempt that runs, or one that waits for its turn with the account of the attempt before. */
export interface Attempt {
  attempt: number;
  startedMs: number | undefined;
  /** Undefined where it has told nothing yet. */
  beat: Beat | undefined;
  /** Whether the attempt that runs told it. */
  isFresh: boolean;
}

/** What one activity, or one shard, adds to its step. */
export interface Part {
  done: number;
  /** Where the activity alone knows how much there is to do. */
  total?: number;
  worked?: Worked | undefined;
  busySinceMs: number | undefined;
  isRetried: boolean;
}

export const partOf = ({ attempt, startedMs, beat, isFresh }: Attempt): Part => {
  const under = { busySinceMs: startedMs, isRetried: attempt > 1 };
  if (!beat) return { done: 0, ...under };
  const worked = (fromMs: number, made: number): Worked | undefined =>
    startedMs !== undefined && isFresh && beat.atMs !== undefined && made > 0
      ? { spans: [{ fromMs: startedMs + fromMs, toMs: startedMs + beat.atMs }], made }
      : undefined;
  const { done = 0, recorded = 0, step = 0, totalSteps, from } = beat;
  if (totalSteps === undefined) return { done, worked: worked(0, done - recorded), ...under };
  return { done: step, total: totalSteps, worked: from && worked(from.atMs, step - from.step), ...under };
};

/** A step with what its activities add to the workflow's own count. */
export const withParts = (step: StepProgress, parts: readonly Part[]): StepProgress => {
  const counted = parts.find(({ total }) => total !== undefined);
  const done = parts.reduce((sum, part) => sum + part.done, step.done);
  const began = parts.flatMap(({ busySinceMs }) => busySinceMs ?? []);
  const whole = { ...step, ...(began.length > 0 && { busySinceMs: Math.min(...began) }) };
  if (counted)
    return { ...whole, unit: 'steps', done: counted.done, total: counted.total ?? 0, worked: workedOf(step, parts) };
  if (step.unit === 'steps') return whole;
  return { ...whole, done: Math.min(step.total, done), worked: workedOf(step, parts) };
};

/** Slices of a trace are seconds long: unless one was cut off, their speed is that from the step's start. */
const workedOf = (step: StepProgress, parts: readonly Part[]): Worked => {
  const worked = mergeWorked(step.worked, ...parts.map((part) => part.worked));
  const toMs = worked.spans.at(-1)?.toMs;
  if (step.unit !== 'tasks' || toMs === undefined || parts.some(({ isRetried }) => isRetried)) return worked;
  return { spans: [{ fromMs: step.startedAtMs, toMs }], made: step.done + worked.made };
};
