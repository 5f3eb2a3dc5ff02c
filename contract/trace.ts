import { z } from 'zod';

/**
 * One state change of a traced run: a step of the inline format. Lines are 1-based physical lines of the program;
 * `lastLine` is where the statement ends, and so where its comment goes.
 */
export const traceEventSchema = z.object({
  step: z.int().nonnegative(),
  kind: z.enum(['arguments', 'assign', 'loop', 'return', 'exception']),
  line: z.int().positive(),
  lastLine: z.int().positive(),
  /** Name and repr, in order of first binding; `__return__` and `__exception__` are names too. */
  changes: z.array(z.tuple([z.string(), z.string()])),
});
export type TraceEvent = z.infer<typeof traceEventSchema>;

/** What a program did on one of its tests. A trace is text for a model: never the source of a verdict. */
export const taskTraceSchema = z.object({
  version: z.literal(1),
  taskId: z.string(),
  /** The traced test: index into the task's visible tests, and its text. */
  testIndex: z.int().nonnegative(),
  test: z.string(),
  events: z.array(traceEventSchema),
  /** How the test ended: null when it passed, else the exception as `AssertionError()` or `IndexError('…')`. */
  exception: z.string().nullable(),
  /** What the entry point returned in this test, as a repr, when it returned. */
  returned: z.string().nullable(),
  /** The recording stopped at the event cap or at a limit; later visits are unknown. */
  truncated: z.boolean(),
  /** Set when no trace could be made: the reason, in words. `events` is then empty. */
  refused: z.string().nullable(),
});
export type TaskTrace = z.infer<typeof taskTraceSchema>;
