import type { TaskTrace, TraceEvent } from '../../../contract/trace.js';

/** A trace of a program of these tests; what a test is not about has a plain default. */
export const traceOf = (events: TraceEvent[], extra: Partial<TaskTrace> = {}): TaskTrace => ({
  version: 1,
  taskId: 't1',
  testIndex: 0,
  test: 'assert f(1) == 2',
  events,
  skipped: [],
  steps: events.length,
  exception: 'AssertionError()',
  exceptionLine: 1,
  returned: '1',
  truncated: null,
  refused: null,
  ...extra,
});

type Changes = Record<string, string>;

/** Numbers events in order: `on(3, { x: '1' })` is an assignment in line 3. */
export const numbered = (...events: Omit<TraceEvent, 'step'>[]): TraceEvent[] =>
  events.map((event, step) => ({ ...event, step }));

export const on = (line: number, changes: Changes, extra: Partial<TraceEvent> = {}): Omit<TraceEvent, 'step'> => ({
  kind: 'assign',
  unit: 'program',
  call: 0,
  line,
  lastLine: line,
  loopHead: false,
  changes: Object.entries(changes),
  ...extra,
});

export const loop = (line: number, changes: Changes): Omit<TraceEvent, 'step'> =>
  on(line, changes, { kind: 'loop', loopHead: true });
