import type { Task } from '../../contract/task.js';
import type { TaskTrace } from '../../contract/trace.js';

/** A trace in which the first test failed by its assert; no event is recorded unless overridden. */
export const traceOf = (task: Task, overrides: Partial<TaskTrace> = {}): TaskTrace => ({
  version: 1,
  taskId: task.id,
  testIndex: 0,
  test: task.tests[0] ?? '',
  events: [],
  skipped: [],
  steps: 0,
  exception: 'AssertionError()',
  exceptionLine: 1,
  returned: '-1',
  truncated: null,
  refused: null,
  ...overrides,
});
