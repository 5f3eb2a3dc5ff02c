import type { ChatMessage } from '../../contract/completion.js';
import type { Task } from '../../contract/task.js';
import type { TaskTrace } from '../../contract/trace.js';
import type { TraceFormat } from '../../contract/trace-formats.js';
import { renderTrace, type TraceOptions } from '../trace/index.js';
import { type RepairPrompt, renderMessages, type Shot } from './template.js';

/** Renders a traced program as prompt text. */
export type ProgramRenderer = (format: TraceFormat, trace: TaskTrace, program: string) => string;

/** The prompt's renderer: the failing test stands in a place of its own, so the program's text leaves it out. */
export const promptRenderer =
  (options: TraceOptions): ProgramRenderer =>
  (format, trace, program) =>
    renderTrace(format, trace, program, { ...options, withTest: false });

const howItEnded = (trace: TaskTrace): string => {
  if (trace.truncated === 'time') return 'no end within its time limit';
  if (trace.exception === null) return trace.truncated === null ? 'no error' : `an early end (${trace.truncated})`;
  const returned = trace.exception.startsWith('AssertionError') && trace.returned !== null;
  return returned ? `${trace.exception}, for the call returned ${trace.returned}` : trace.exception;
};

const failureOf = (task: Task, trace: TaskTrace): Pick<RepairPrompt, 'failure'> => {
  const test = task.tests[trace.testIndex];
  return test === undefined || trace.refused !== null ? {} : { failure: { test, ended: howItEnded(trace) } };
};

/** The prompt of one task: annotated with its trace unless the format is `none` or no trace could be made. */
export const repairPrompt = (
  task: Task,
  trace: TaskTrace,
  format: TraceFormat,
  render: ProgramRenderer,
): RepairPrompt => {
  const source = task.buggy ?? '';
  const program = format === 'none' || trace.refused !== null ? source : render(format, trace, source);
  return { intent: task.intent, program, tests: task.tests, ...failureOf(task, trace) };
};

/** A shot is a task whose `rationale` and `reference` are the answer. */
export interface ShotTask {
  task: Task;
  trace: TaskTrace;
}

const shotOf = ({ task, trace }: ShotTask, format: TraceFormat, render: ProgramRenderer): Shot => ({
  prompt: repairPrompt(task, trace, format, render),
  rationale: String(task.rationale ?? ''),
  fix: task.reference ?? '',
});

/** The messages of a task for a model: with `shots` for the base model, with none for a tuned one. */
export const repairMessages = (
  problem: ShotTask,
  shots: readonly ShotTask[],
  format: TraceFormat,
  render: ProgramRenderer,
  withRationale = true,
): ChatMessage[] =>
  renderMessages(
    repairPrompt(problem.task, problem.trace, format, render),
    shots.map((shot) => shotOf(shot, format, render)),
    withRationale,
  );
