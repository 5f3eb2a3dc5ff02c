import { readTaskRows } from '../adapters/data/rows.js';
import { ALL_TESTS, openTracer } from '../adapters/sandbox/tracer.js';
import { InputError } from '../contract/failures.js';
import type { Task } from '../contract/task.js';
import type { TaskTrace } from '../contract/trace.js';

export interface TraceRequest {
  tasks: string;
  /** Only this task. */
  taskId?: string | undefined;
  /** Failing tests to trace of each task: the first so many. */
  tests: 'all' | 'first' | number;
  /** Where traces are kept by digest, so that a run that was stopped goes on from there. */
  cacheDir: string;
  signal?: AbortSignal;
}

/** A task, the traces of its tests, and whether they were there already. */
export interface TracedTask {
  task: Task;
  traces: TaskTrace[];
  cached: boolean;
}

const failuresOf = (tests: TraceRequest['tests']): number =>
  tests === 'all' ? ALL_TESTS : tests === 'first' ? 1 : tests;

const readChosen = async ({ tasks: file, taskId }: TraceRequest): Promise<Task[]> => {
  const tasks: Task[] = [];
  const ids: string[] = [];
  for await (const { value } of readTaskRows([file])) {
    if (ids.length < 3) ids.push(value.id);
    if (taskId === undefined || value.id === taskId) tasks.push(value);
  }
  if (tasks.length > 0) return tasks;
  if (taskId === undefined) throw new InputError(`${file}: holds no task`);
  throw new InputError(`${file} has no task ${taskId}; its ids look like ${ids.join(', ')}`);
};

/** Tasks in the sandbox or waiting to be told in order, for each lane: bounds memory, not speed. */
const waitingPerLane = 32;

/**
 * Traces a file's tasks, in its order. `total` is known before the first is traced.
 * @throws InputError when the file can't be read or lacks the task; NextuneFailure sandboxBroken.
 */
export const traceFile = async (
  request: TraceRequest,
): Promise<{ total: number; traced: AsyncGenerator<TracedTask> }> => {
  const tasks = await readChosen(request);
  return { total: tasks.length, traced: traceInOrder(tasks, request) };
};

async function* traceInOrder(tasks: readonly Task[], request: TraceRequest): AsyncGenerator<TracedTask> {
  const { cacheDir, signal } = request;
  const tracer = await openTracer({ cacheDir, ...(tasks.length === 1 && { jails: 1 }) });
  const pending: Promise<TracedTask>[] = [];
  const start = async (task: Task): Promise<TracedTask> => ({
    task,
    ...(await tracer.traceTests(task, failuresOf(request.tests), signal)),
  });
  try {
    for (const task of tasks) {
      signal?.throwIfAborted();
      const started = start(task);
      started.catch(() => {}); // a failure is met when its turn comes
      pending.push(started);
      const next = pending.length >= tracer.lanes * waitingPerLane ? await pending.shift() : undefined;
      if (next) yield next;
    }
    for (const next of pending) yield await next;
  } finally {
    await tracer.close();
  }
}
