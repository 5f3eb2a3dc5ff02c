import { z } from 'zod';

/** One printable line: nothing that could end a comment. */
const oneLine = z.string().regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'text with a control character or a line break');

/** Which text a line belongs to: the traced program, or the test that was run on it. */
export const traceUnitSchema = z.enum(['program', 'test']);
export type TraceUnit = z.infer<typeof traceUnitSchema>;

/**
 * One state change of a traced run: a numbered step. `caught` is an exception on the `except` line that took it. Lines
 * are 1-based physical lines; `lastLine` is where the statement's head ends, and so where its comment goes.
 */
export const traceEventSchema = z.object({
  step: z.int().nonnegative(),
  kind: z.enum(['arguments', 'assign', 'loop', 'return', 'caught']),
  unit: traceUnitSchema,
  /** Which call of the run it belongs to, counted from 0: what tells the states of a recursion apart. */
  call: z.int().nonnegative(),
  line: z.int().positive(),
  lastLine: z.int().positive(),
  /** The statement is a `for` or `while` head, of which more visits are shown. */
  loopHead: z.boolean(),
  /** Name and repr, in order of first binding; `__return__` and `__exception__` are names too. */
  changes: z.array(z.tuple([oneLine, oneLine])).min(1),
});
export type TraceEvent = z.infer<typeof traceEventSchema>;

/** Numbered steps of a line that were not kept: those between its first ones and its last. */
export const skippedVisitsSchema = z.object({
  unit: traceUnitSchema,
  lastLine: z.int().positive(),
  count: z.int().positive(),
});
export type SkippedVisits = z.infer<typeof skippedVisitsSchema>;

/**
 * Why a recording stopped early: the cap on executed statements (`events`), a recursion so deep or so little memory that
 * the tracer had no room left (`recursion`, `memory`), or the program's death by a limit or by itself. What came later is
 * unknown.
 */
export const truncationSchema = z.enum(['events', 'recursion', 'time', 'memory', 'output', 'exit']);
export type Truncation = z.infer<typeof truncationSchema>;

/** What a program did on one of its tests. A trace is text for a model: never the source of a verdict. */
export const taskTraceSchema = z.object({
  version: z.literal(1),
  taskId: z.string(),
  /** The traced test: index into the task's visible tests, and its text. */
  testIndex: z.int().nonnegative(),
  test: z.string(),
  /** In order of their steps. A long run keeps its first ones, and of each line the first ones and the last. */
  events: z.array(traceEventSchema),
  skipped: z.array(skippedVisitsSchema),
  /** How many numbered steps the run had; the exception that left the test takes the next number. Null when unknown. */
  steps: z.int().nonnegative().nullable(),
  /** How the test ended: null when it passed or never ended, else the exception as `AssertionError()` or `IndexError('…')`. */
  exception: oneLine.nullable(),
  /** Last physical line of the test's statement that the exception left. Null when it was raised before the test. */
  exceptionLine: z.int().positive().nullable(),
  /** What the entry point returned in this test (the last call of it), as a repr, when it returned. */
  returned: oneLine.nullable(),
  truncated: truncationSchema.nullable(),
  /** Set when no trace could be made: the reason, in words. `events` is then empty. */
  refused: z.string().nullable(),
});
export type TaskTrace = z.infer<typeof taskTraceSchema>;
