import type { Slot } from './slot.js';

/** Slots beyond the pool's size, for each of it, that may be lent to work that sleeps. */
const extraSlotsEach = 6;

/** Keeps up to `size` slots warm and lends each to one user at a time; dead ones are replaced when they are next needed. */
export class SlotPool {
  readonly #idle: Slot[] = [];
  readonly #all = new Set<Slot>();
  readonly #waiting: (() => void)[] = [];
  #lent = 0;
  /** Lent to work that has given its turn away. */
  #patient = 0;
  #closed = false;

  constructor(
    private readonly openSlot: () => Promise<Slot>,
    private readonly size: number,
    first: Slot,
  ) {
    this.#idle.push(first);
    this.#all.add(first);
  }

  /**
   * Lends a warm slot. An abort before the slot is lent rejects at once; one after it ends the slot's jails. Work that
   * takes longer than `patienceMs` mostly sleeps: its turn goes to the next, up to a bound of slots in all.
   */
  async use<T>(
    work: (slot: Slot) => Promise<T>,
    { signal, patienceMs }: { signal?: AbortSignal | undefined; patienceMs?: number } = {},
  ): Promise<T> {
    await this.#turn();
    const turn = { given: false };
    const timer = patienceMs === undefined ? undefined : setTimeout(() => this.#giveUp(turn), patienceMs);
    try {
      signal?.throwIfAborted();
      const slot = await this.#warm();
      return await this.#lend(slot, work, signal);
    } finally {
      clearTimeout(timer);
      if (turn.given) this.#patient -= 1;
      else this.#release();
    }
  }

  #giveUp(turn: { given: boolean }): void {
    if (this.#patient >= this.size * extraSlotsEach) return;
    turn.given = true;
    this.#patient += 1;
    this.#release();
  }

  /** Lends a slot that nobody used before, and nobody will after. */
  async useFresh<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      const slot = await this.#open();
      try {
        return await work(slot);
      } finally {
        this.#all.delete(slot);
        await slot.close();
      }
    } finally {
      this.#release();
    }
  }

  async #lend<T>(slot: Slot, work: (slot: Slot) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const onAbort = (): void => void slot.close();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await work(slot);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (slot.isDead) {
        this.#all.delete(slot);
        await slot.close();
      } else if (this.#idle.length >= this.size) {
        this.#all.delete(slot);
        await slot.close();
      } else this.#idle.push(slot);
    }
  }

  /** A slot may have died while nobody used it. */
  async #warm(): Promise<Slot> {
    for (let slot = this.#idle.pop(); slot; slot = this.#idle.pop()) {
      if (!slot.isDead) return slot;
      this.#all.delete(slot);
    }
    return this.#open();
  }

  async #open(): Promise<Slot> {
    const slot = await this.openSlot();
    this.#all.add(slot);
    return slot;
  }

  async #turn(): Promise<void> {
    if (this.#lent >= this.size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#lent += 1;
    if (this.#closed) {
      this.#release();
      throw new Error('the verifier was closed');
    }
  }

  /** Hands the turn on, so that `#lent` stays as it is while somebody waits. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#lent -= 1;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((slot) => slot.close()));
  }
}
