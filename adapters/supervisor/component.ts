import { setTimeout as delay } from 'node:timers/promises';
import type { BoundedLog } from './bounded-log.js';
import { type ComponentSpec, type EndedRun, runOnce } from './component-run.js';
import { afterExit, type FailureCount, noFailures } from './restart-policy.js';
import type { ComponentState, ComponentStatus } from './state.js';

/** Starts one component again and again until it is stopped, and gives up where that is of no use. */
export class Component {
  readonly spec: ComponentSpec;
  readonly status: ComponentStatus;
  readonly #log: BoundedLog;
  readonly #onChange: () => void;
  readonly #mayStart: () => boolean;
  readonly #stopped = new AbortController();
  #started = false;
  #retry: () => void = () => undefined;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;

  /** `mayStart` says whether what it needs is ready; whenever that changes, `start` is to be called. */
  constructor(spec: ComponentSpec, log: BoundedLog, on: { change: () => void; mayStart?: () => boolean }) {
    this.spec = spec;
    this.#log = log;
    this.#onChange = on.change;
    this.#mayStart = on.mayStart ?? (() => true);
    const unknown = { process: null, readyAfterMs: null, firstReadyAt: null, reason: null };
    this.status = { name: spec.name, state: 'starting', restarts: 0, ...unknown, logPath: log.path };
  }

  /** Starts it, or lets it go on where it waits for what it needs. */
  start(): void {
    this.#wake();
    if (this.#started) return;
    this.#started = true;
    this.#running = this.#keepRunning();
  }

  /** Starts one that was given up once more; does nothing to any other. */
  retry(): void {
    if (this.status.state !== 'failed') return;
    this.#set('waiting');
    this.#retry();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#retry();
    this.#wake();
    await this.#running;
    this.#set('stopped', { process: null });
  }

  #set(state: ComponentState, change: Partial<ComponentStatus> = {}): void {
    const logged = state !== this.status.state;
    Object.assign(this.status, { state, ...change });
    const why = change.reason ? `: ${change.reason}` : '';
    if (logged) this.#log.write(`[supervisor] ${new Date().toISOString()} ${this.spec.name} ${state}${why}`);
    this.#onChange();
  }

  async #keepRunning(): Promise<void> {
    const events = {
      onLine: (line: string) => this.#log.write(line),
      onStarted: (process: ComponentStatus['process']) => this.#set('starting', { process }),
      onReady: (afterMs: number) => {
        const firstReadyAt = this.status.firstReadyAt ?? new Date().toISOString();
        this.#set('ready', { readyAfterMs: Math.round(afterMs), firstReadyAt, reason: null });
      },
    };
    let count = noFailures;
    while (!this.#stopped.signal.aborted) {
      await this.#untilItMay();
      if (this.#stopped.signal.aborted) return;
      this.#set('starting', { readyAfterMs: null });
      const outcome = await runOnce(this.spec, events, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      count =
        'unstartable' in outcome ? await this.#giveUp(outcome.unstartable) : await this.#pauseAfter(outcome, count);
      this.status.restarts++;
    }
  }

  /** Without what it needs each start would fail, and count: after some of them it would be given up while the other comes back. */
  async #untilItMay(): Promise<void> {
    const before = this.status.reason === null ? '' : `${this.status.reason}; `;
    const reason = `${before}waits for ${this.spec.after.join(', ')}`;
    while (!this.#stopped.signal.aborted && !this.#mayStart()) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#set('waiting', { process: null, reason });
      await woken;
    }
  }

  async #pauseAfter(outcome: EndedRun, before: FailureCount): Promise<FailureCount> {
    const { count, decision } = afterExit(before, outcome.readyForMs, outcome.passing);
    if (decision.kind === 'giveUp') return this.#giveUp(`${decision.reason}; the last time it ${outcome.reason}`);
    this.#set('waiting', { process: null, reason: outcome.reason });
    await delay(decision.delayMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    return count;
  }

  /** Resolves when someone asks for another try. */
  async #giveUp(reason: string): Promise<FailureCount> {
    const asked = new Promise<void>((resolve) => {
      this.#retry = resolve;
    });
    this.#set('failed', { process: null, reason });
    await asked;
    return noFailures;
  }
}
