import { availableParallelism } from 'node:os';
import type { Tracer, Work } from '../../activities/ports.js';
import type { Task } from '../../contract/task.js';
import type { TaskTrace } from '../../contract/trace.js';
import { FIRST_STEPS } from '../../core/trace/options.js';
import type { Weakening } from './isolation.js';
import { openTraceCache, type TraceCache } from './trace-cache.js';
import { Lanes } from './tracer-lanes.js';
import { refusedTrace } from './tracer-result.js';
import type { TraceJob } from './tracer-wire.js';

export interface TracerOptions {
  /** Jails at a time, each with a task at a time. Default: one more than cores, for a task often waits for the kernel. */
  jails?: number;
  /** CPU time for a test, where the task names none; the traced run has five times as much. */
  cpuLimitMs?: number;
  memoryBytes?: number;
  /** Numbered steps after which recording stops, and the trace is marked as truncated. */
  stepsCap?: number;
  /** Parts of the isolation to do without, each accepted by name by a person. */
  allowWeakIsolation?: readonly Weakening[];
  /** Keeps traces by the digest of all that they depend on, and takes them from there. Without it nothing is kept. */
  cacheDir?: string;
}

const defaults = { cpuLimitMs: 1000, memoryBytes: 512 * 1024 * 1024, stepsCap: 100_000, allowWeakIsolation: [] };

type Limits = Required<Omit<TracerOptions, 'jails' | 'cacheDir'>>;

/** How many of a task's failing tests are traced: the first ones. */
export const ALL_TESTS = 1_000_000;

const jobOf = (task: Task, program: string, failures: number, limits: Limits): TraceJob => ({
  program,
  setup: task.setup ?? null,
  tests: task.tests,
  entryPoint: task.entryPoint,
  failures,
  firstSteps: FIRST_STEPS,
  stepsCap: limits.stepsCap,
  cpuMs: task.cpuLimitMs ?? limits.cpuLimitMs,
  memoryBytes: limits.memoryBytes,
});

export interface SandboxTracer extends Tracer {
  /** Traces of a task's first failing tests, at most `failures` of them; of its first test where none fails. */
  traceTests(task: Task, failures: number, signal?: AbortSignal): Promise<{ traces: TaskTrace[]; cached: boolean }>;
  /** Tasks that can be traced at a time; more of them wait. */
  readonly lanes: number;
}

/**
 * Opens the tracer: jails with warm interpreters, started on first use and kept until `close`. A program's own death
 * is part of its trace; only a jail that does not work is thrown, as NextuneFailure sandboxBroken.
 */
export const openTracer = async (options: TracerOptions = {}): Promise<SandboxTracer> => {
  const { jails = availableParallelism() + 1, cacheDir, ...limits } = options;
  const bounded = { ...defaults, ...limits };
  const lanes = new Lanes(jails, bounded);
  const cache = cacheDir === undefined ? undefined : await openTraceCache(cacheDir, bounded.allowWeakIsolation);
  const traceTests = testsTracer(lanes, bounded, cache);
  return {
    lanes: jails,
    traceTests,
    trace: (tasks, work = {}) => traceAll(traceTests, jails, tasks, work),
    close: () => lanes.close(),
  };
};

const testsTracer =
  (lanes: Lanes, limits: Limits, cache: TraceCache | undefined): SandboxTracer['traceTests'] =>
  async (task, failures, signal) => {
    const program = task.buggy ?? task.reference;
    const reason = 'the task has neither a buggy program nor a reference';
    if (program === undefined) return { traces: [refusedTrace(task, reason)], cached: false };
    const job = jobOf(task, program, failures, limits);
    const known = await cache?.read(job, task.id);
    if (known) return { traces: known, cached: true };
    const traces = await lanes.trace(task, job, signal);
    await cache?.keep(job, traces);
    return { traces, cached: false };
  };

/** As many tasks at a time as there are lanes. An abort ends the jails that are at these tasks, and no other. */
const traceAll = async (
  traceTests: SandboxTracer['traceTests'],
  inFlight: number,
  tasks: readonly Task[],
  work: Work,
): Promise<TaskTrace[]> => {
  const traces: TaskTrace[] = [];
  const queue = tasks.entries();
  let done = 0;
  let failed = false;
  const run = async (): Promise<void> => {
    for (const [index, task] of queue) {
      if (failed) return;
      work.signal?.throwIfAborted();
      const [first] = (await traceTests(task, 1, work.signal)).traces;
      if (first) traces[index] = first;
      done += 1;
      work.onProgress?.({ done, total: tasks.length });
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, run));
    return traces;
  } finally {
    failed = true;
  }
};
