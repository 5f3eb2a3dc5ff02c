import { constants } from 'node:os';
import type { Task } from '../../contract/task.js';
import type { TaskTrace, TraceEvent, Truncation } from '../../contract/trace.js';
import type { TraceAnswer, TraceHead, TraceLine } from './tracer-wire.js';
import { endingSchema, traceLineSchema } from './tracer-wire.js';

const blankTrace = (task: Task, testIndex: number): TaskTrace => ({
  version: 1,
  taskId: task.id,
  testIndex,
  test: task.tests[testIndex] ?? '',
  events: [],
  skipped: [],
  steps: null,
  exception: null,
  exceptionLine: null,
  returned: null,
  truncated: null,
  refused: null,
});

/** A task that can't be traced, with the reason. */
export const refusedTrace = (task: Task, reason: string): TaskTrace => ({ ...blankTrace(task, 0), refused: reason });

const parsed = <T>(schema: { safeParse(value: unknown): { data?: T | undefined } }, line: string): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
};

/** What the kernel ends a process with at a limit; any other signal is the program's own doing, such as a crash. */
const bySignal = new Map<number, Truncation>([
  [constants.signals.SIGKILL, 'memory'],
  [constants.signals.SIGXCPU, 'time'],
]);

/** Why there is no last word from the traced process. */
const lossOf = ({ how, status }: TraceHead): Truncation => {
  switch (how) {
    case 'cpu':
    case 'wall':
      return 'time';
    case 'killed':
      return bySignal.get(-status) ?? 'exit';
    case 'output':
      return 'output';
    case 'exited':
      return 'exit';
  }
};

const byStep = (a: TraceEvent, b: TraceEvent): number => a.step - b.step;

/**
 * What the traced process said, as a trace. A line that is none of ours (a program can write to the pipe) is passed
 * over: a trace is text, and its worst is to be wrong about the program that wrote it.
 */
export const traceOf = (task: Task, { head, lines }: TraceAnswer): TaskTrace => {
  const trace = blankTrace(task, Math.min(head.testIndex, task.tests.length - 1));
  let ended = false;
  for (const line of lines.map((each): TraceLine | undefined => parsed(traceLineSchema, each))) {
    if (line === undefined) continue;
    if ('refused' in line) return refusedTrace(task, line.refused);
    if ('step' in line) trace.events.push(line);
    else if ('capped' in line) {
      trace.truncated = 'events';
      trace.skipped = skippedOf(line.capped);
      // Recording stopped there, and so did the run: how it would have ended is what the plain run told.
      Object.assign(trace, parsed(endingSchema, head.ending));
    } else {
      const { skipped, truncated, steps, ...rest } = line.end;
      Object.assign(trace, rest, { steps: truncated === null ? steps : null, skipped: skippedOf(skipped) });
      trace.truncated ??= truncated;
      ended = true;
    }
  }
  if (!ended) trace.truncated ??= lossOf(head);
  trace.events.sort(byStep);
  return trace;
};

const skippedOf = (rows: readonly [TraceEvent['unit'], number, number][]): TaskTrace['skipped'] =>
  rows.map(([unit, lastLine, count]) => ({ unit, lastLine, count }));
