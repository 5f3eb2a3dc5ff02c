import { z } from 'zod';

/** Why a test, or a whole candidate, came out as it did. `none` verdicts have `infrastructure`, and only they. */
export const reasonSchema = z.enum([
  'ok',
  'assertion',
  'exception',
  'timeout',
  'memory',
  'output',
  'protocol',
  'unparsable',
  'unchanged',
  'flaky',
  'infrastructure',
]);
export type Reason = z.infer<typeof reasonSchema>;

export const testOutcomeSchema = z.object({
  /** Position within its own list: `tests` or `hiddenTests`. */
  index: z.int().nonnegative(),
  hidden: z.boolean(),
  outcome: z.union([reasonSchema, z.literal('notRun')]),
});
export type TestOutcome = z.infer<typeof testOutcomeSchema>;

/**
 * One candidate judged: always these keys in this order. All tests run unless the process died; the reason is that of
 * the first test that is not ok, visible before hidden. `durationMs` is circumstance, left out of content digests.
 * `isolation` names the level and the interpreter, as in `nsjail/userns+seccomp+rlimits python3.11.2`.
 */
export const verdictSchema = z.object({
  taskId: z.string(),
  index: z.int().nonnegative(),
  verdict: z.enum(['pass', 'fail', 'none']),
  reason: reasonSchema,
  tests: z.array(testOutcomeSchema),
  durationMs: z.number().nonnegative(),
  isolation: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;
