import { CancellationScope, condition } from '@temporalio/workflow';
import type { Hold } from '../contract/control.js';

/** Thrown through a workflow's work when someone ends it early; its caller makes an outcome of it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Where all work of a workflow passes before it starts: open, held, or shut for good. */
export class Gate {
  #hold: Hold | undefined;
  #interrupted: string | undefined;
  readonly #scopes = new Set<CancellationScope>();
  readonly #cut = new WeakSet<CancellationScope>();

  constructor(hold?: Hold) {
    this.#hold = hold;
  }

  get hold(): Hold | undefined {
    return this.#hold;
  }

  /** Lets nothing new start. What is under way finishes, or with `now` is cut off and started anew after the hold. */
  set(hold: Hold | undefined): void {
    this.#hold = hold;
    if (hold?.now) this.#cutOff();
  }

  /** Ends all work through this gate, now and later, with `Interrupted`. */
  interrupt(reason: string): void {
    this.#interrupted ??= reason;
    this.#cutOff();
  }

  #cutOff(): void {
    for (const scope of this.#scopes) {
      this.#cut.add(scope);
      scope.cancel();
    }
  }

  /** Waits while held. @throws Interrupted */
  async pass(): Promise<void> {
    if (this.#hold !== undefined && this.#interrupted === undefined) {
      await condition(() => this.#hold === undefined || this.#interrupted !== undefined);
    }
    if (this.#interrupted !== undefined) throw new Interrupted(this.#interrupted);
  }

  /** Runs work that may be cut off: children and activities in it are cancelled then, and it is run again after the hold. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      await this.pass();
      const scope = new CancellationScope();
      this.#scopes.add(scope);
      try {
        return await scope.run(work);
      } catch (error) {
        if (!this.#cut.has(scope)) throw error;
      } finally {
        this.#scopes.delete(scope);
      }
    }
  }
}
