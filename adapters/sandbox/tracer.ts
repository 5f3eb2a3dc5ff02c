import { availableParallelism } from 'node:os';
import type { Tracer, Work } from '../../activities/ports.js';
import type { Task } from '../../contract/task.js';
import type { TaskTrace } from '../../contract/trace.js';
import type { Weakening } from './isolation.js';
import { openTracerJail, type TracerJail } from './tracer-jail.js';
import { refusedTrace, traceOf } from './tracer-result.js';
import type { TraceJob } from './tracer-wire.js';

export interface TracerOptions {
  /** Jails at a time, each with a task at a time. Default: one a core. */
  jails?: number;
  /** CPU time for a test, where the task names none; the traced run has five times as much. */
  cpuLimitMs?: number;
  memoryBytes?: number;
  /** Parts of the isolation to do without, each accepted by name by a person. */
  allowWeakIsolation?: readonly Weakening[];
}

const defaults = { cpuLimitMs: 1000, memoryBytes: 512 * 1024 * 1024, allowWeakIsolation: [] };

type Limits = Required<Omit<TracerOptions, 'jails'>>;

const jobOf = (task: Task, program: string, limits: Limits): TraceJob => ({
  program,
  setup: task.setup ?? null,
  tests: task.tests,
  entryPoint: task.entryPoint,
  cpuMs: task.cpuLimitMs ?? limits.cpuLimitMs,
  memoryBytes: limits.memoryBytes,
});

/** A jail that is opened for its first task, and opened anew after it broke. */
class Lane {
  #jail: Promise<TracerJail> | undefined;

  constructor(private readonly limits: Limits) {}

  async trace(task: Task): Promise<TaskTrace> {
    const program = task.buggy ?? task.reference;
    if (program === undefined) return refusedTrace(task, 'the task has neither a buggy program nor a reference');
    this.#jail ??= openTracerJail(this.limits.memoryBytes, this.limits.allowWeakIsolation);
    try {
      return traceOf(task, await (await this.#jail).run(jobOf(task, program, this.limits)));
    } catch (error) {
      this.#jail = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const jail = await this.#jail?.catch(() => undefined);
    this.#jail = undefined;
    await jail?.close();
  }
}

/**
 * Opens the tracer: jails with warm interpreters, started on first use and kept until `close`. A program's own death
 * is part of its trace; only a jail that does not work is thrown, as NextuneFailure sandboxBroken.
 */
export const openTracer = async (options: TracerOptions = {}): Promise<Tracer> => {
  const { jails = availableParallelism(), ...limits } = options;
  const lanes = Array.from({ length: jails }, () => new Lane({ ...defaults, ...limits }));
  return {
    trace: (tasks, work = {}) => traceAll(lanes, tasks, work),
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
};

/** Each lane takes the next task there is. An abort closes the jails, for a program may be at its limit for seconds. */
const traceAll = async (lanes: readonly Lane[], tasks: readonly Task[], work: Work): Promise<TaskTrace[]> => {
  const traces: TaskTrace[] = [];
  const queue = tasks.entries();
  let done = 0;
  let failed = false;
  const run = async (lane: Lane): Promise<void> => {
    for (const [index, task] of queue) {
      if (failed) return;
      work.signal?.throwIfAborted();
      traces[index] = await lane.trace(task);
      done += 1;
      work.onProgress?.({ done, total: tasks.length });
    }
  };
  const onAbort = (): void => {
    for (const lane of lanes) void lane.close();
  };
  work.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.all(lanes.map(run));
    return traces;
  } catch (error) {
    failed = true;
    work.signal?.throwIfAborted();
    throw error;
  } finally {
    work.signal?.removeEventListener('abort', onAbort);
  }
};
