import { AsyncLocalStorage } from 'node:async_hooks';
import { createFairLimit } from '../../../adapters/model/fair-limit.js';

/** Work that ends when told to; `order` names what has started. */
const openWork = (limit: number) => {
  const share = createFairLimit(limit);
  const order: string[] = [];
  const ends = new Map<string, () => void>();
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    order,
    settled,
    ask: (party: string, name: string, since = 0, signal?: AbortSignal): Promise<string> =>
      share({ party, since, signal }, async () => {
        order.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        return name;
      }),
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await settled();
    },
  };
};

describe('a limit that is shared fairly', () => {
  it('starts at most so much at a time, in order within a party', async () => {
    const { ask, end, order, settled } = openWork(2);
    for (const name of ['a1', 'a2', 'a3', 'a4']) void ask('a', name);
    await settled();
    expect(order).toEqual(['a1', 'a2']);
    await end('a2');
    expect(order).toEqual(['a1', 'a2', 'a3']);
    await end('a1');
    expect(order).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('gives a party that comes later its half at once, however much waits before it', async () => {
    const { ask, end, order, settled } = openWork(4);
    for (let at = 0; at < 100; at++) void ask('large', `large-${at}`);
    await settled();
    for (const name of ['small-0', 'small-1', 'small-2']) void ask('small', name);
    await settled();
    for (let at = 0; at < 4; at++) await end(`large-${at}`);
    expect(order.slice(4)).toEqual(['small-0', 'small-1', 'large-4', 'large-5']);
  });

  it('serves what a party began first before the rest of it, and the party no sooner for that', async () => {
    const { ask, end, order, settled } = openWork(1);
    for (const name of ['new-1', 'new-2']) void ask('a', name, 20);
    for (const name of ['old-1', 'old-2']) void ask('a', name, 10);
    for (const name of ['b-1', 'b-2']) void ask('b', name, 5);
    await settled();
    for (let at = 0; at < 6; at++) await end(order.at(-1) ?? '');
    expect(order).toEqual(['old-1', 'b-1', 'old-2', 'b-2', 'new-1', 'new-2']);
  });

  it('takes equals in turn', async () => {
    const { ask, end, order, settled } = openWork(1);
    for (const name of ['a1', 'a2']) void ask('a', name);
    for (const name of ['b1', 'b2']) void ask('b', name);
    for (const name of ['c1', 'c2']) void ask('c', name);
    await settled();
    for (let at = 0; at < 6; at++) await end(order.at(-1) ?? '');
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it("runs work in its caller's own context, whoever's place it takes", async () => {
    const context = new AsyncLocalStorage<string>();
    const share = createFairLimit(1);
    const ask = (party: string) => context.run(party, () => share({ party, since: 0 }, async () => context.getStore()));
    expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual(['a', 'a', 'b']);
  });

  it('frees the place of work that failed, and hands its error on', async () => {
    const share = createFairLimit(1);
    const failing = share({ party: 'a', since: 0 }, () => Promise.reject(new Error('down')));
    const next = share({ party: 'b', since: 0 }, () => Promise.resolve('up'));
    await expect(failing).rejects.toThrow('down');
    await expect(next).resolves.toBe('up');
  });

  it('lets go at once of work whose caller stops while it waits, and starts none of it', async () => {
    const { ask, end, order, settled } = openWork(1);
    const caller = new AbortController();
    void ask('a', 'a1');
    const waiting = [ask('a', 'a2', 0, caller.signal), ask('b', 'b1', 0, caller.signal), ask('b', 'b2')];
    await settled();
    caller.abort(new Error('cancelled'));
    await expect(waiting[0]).rejects.toThrow('cancelled');
    await expect(waiting[1]).rejects.toThrow('cancelled');
    expect(order).toEqual(['a1']);
    for (const name of ['a1', 'b2']) await end(name);
    expect(await waiting[2]).toBe('b2');
    // The places that those who left had asked for are free again, and no more than there were.
    void ask('a', 'a3');
    void ask('a', 'a4');
    await settled();
    expect(order).toEqual(['a1', 'b2', 'a3']);
  });

  it('takes in nothing of a caller that has stopped, and leaves to itself what runs already', async () => {
    const { ask, end, order, settled } = openWork(1);
    const caller = new AbortController();
    const running = ask('a', 'a1', 0, caller.signal);
    await settled();
    caller.abort(new Error('cancelled'));
    await expect(ask('a', 'a2', 0, caller.signal)).rejects.toThrow('cancelled');
    await end('a1');
    expect(await running).toBe('a1');
    expect(order).toEqual(['a1']);
  });

  it('frees the place of work that throws before it is under way', async () => {
    const share = createFairLimit(1);
    const failing = share({ party: 'a', since: 0 }, () => {
      throw new Error('not even a promise');
    });
    await expect(failing).rejects.toThrow('not even a promise');
    await expect(share({ party: 'a', since: 0 }, () => Promise.resolve('up'))).resolves.toBe('up');
  });
});
