import type { Task } from '../../contract/task.js';
import type { TaskTrace } from '../../contract/trace.js';
import type { Weakening } from './isolation.js';
import { openTracerJail, type TracerJail } from './tracer-jail.js';
import { traceOf } from './tracer-result.js';
import type { TraceJob } from './tracer-wire.js';

export interface JailLimits {
  memoryBytes: number;
  allowWeakIsolation: readonly Weakening[];
}

/** A jail that is opened for its first task, and opened anew after it broke or was ended. */
class Lane {
  #jail: Promise<TracerJail> | undefined;

  constructor(private readonly limits: JailLimits) {}

  /** An abort ends the jail, for a program may be at its limit for seconds. */
  async trace(task: Task, job: TraceJob, signal: AbortSignal | undefined): Promise<TaskTrace[]> {
    signal?.throwIfAborted();
    this.#jail ??= openTracerJail(this.limits.memoryBytes, this.limits.allowWeakIsolation);
    const end = (): void => void this.close();
    signal?.addEventListener('abort', end, { once: true });
    try {
      return (await (await this.#jail).run(job)).map((answer) => traceOf(task, answer));
    } catch (error) {
      this.#jail = undefined;
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }

  async close(): Promise<void> {
    const opened = this.#jail;
    this.#jail = undefined;
    const jail = await opened?.catch(() => undefined);
    await jail?.close();
  }
}

/** Jails at a time, each with a task at a time: a task gets the next one that is free. */
export class Lanes {
  readonly #all: readonly Lane[];
  readonly #free: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  #closed = false;

  constructor(
    readonly count: number,
    limits: JailLimits,
  ) {
    this.#all = Array.from({ length: count }, () => new Lane(limits));
    this.#free = [...this.#all];
  }

  /** @throws NextuneFailure sandboxBroken when the jail does not work; what the signal says once it is aborted. */
  async trace(task: Task, job: TraceJob, signal?: AbortSignal): Promise<TaskTrace[]> {
    const lane = await this.#taken();
    try {
      if (this.#closed) throw new Error('the tracer is closed');
      return await lane.trace(task, job, signal);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(lane);
      else this.#free.push(lane);
    }
  }

  /** For good: what waits for a jail gets none. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all.map((lane) => lane.close()));
  }

  #taken(): Promise<Lane> {
    const lane = this.#free.pop();
    return lane ? Promise.resolve(lane) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}
