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
  readonly #stopped = new AbortController();
  #started = false;
  #retry: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(spec: ComponentSpec, log: BoundedLog, onChange: () => void) {
    this.spec = spec;
    this.#log = log;
    this.#onChange = onChange;
    const unknown = { process: null, readyAfterMs: null, reason: null };
    this.status = { name: spec.name, state: 'starting', restarts: 0, ...unknown, logPath: log.path };
  }

  start(): void {
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
      onReady: (afterMs: number) => this.#set('ready', { readyAfterMs: Math.round(afterMs), reason: null }),
    };
    let count = noFailures;
    while (!this.#stopped.signal.aborted) {
      this.#set('starting', { readyAfterMs: null });
      const outcome = await runOnce(this.spec, events, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      count =
        'unstartable' in outcome ? await this.#giveUp(outcome.unstartable) : await this.#pauseAfter(outcome, count);
      this.status.restarts++;
    }
  }

  async #pauseAfter(outcome: EndedRun, before: FailureCount): Promise<FailureCount> {
    const { count, decision } = afterExit(before, outcome.readyForMs);
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
