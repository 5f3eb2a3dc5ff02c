import { forEachInFlight } from '../../activities/in-flight.js';

const running = new AbortController().signal;

describe('forEachInFlight', () => {
  it('starts on the first items before the last have come, and tells their places', async () => {
    const log: string[] = [];
    const items = async function* () {
      for (const name of ['a', 'b', 'c']) {
        log.push(`made ${name}`);
        yield name;
      }
    };
    await forEachInFlight(items(), 1, running, async (name, at) => void log.push(`${at} ${name}`));
    expect(log).toEqual(['made a', '0 a', 'made b', '1 b', 'made c', '2 c']);
  });

  it('keeps to its limit', async () => {
    let inFlight = 0;
    let most = 0;
    await forEachInFlight(Array(20).keys(), 3, running, async () => {
      most = Math.max(most, ++inFlight);
      await new Promise(setImmediate);
      inFlight--;
    });
    expect(most).toBe(3);
  });

  it('starts nothing after a failure, waits for what is under way, and throws it', async () => {
    const started: number[] = [];
    let ended = 0;
    const all = forEachInFlight(Array(9).keys(), 2, running, async (item) => {
      started.push(item);
      await new Promise(setImmediate);
      if (item === 0) throw new Error('the first');
      await new Promise(setImmediate);
      ended++;
    });
    await expect(all).rejects.toThrow('the first');
    expect(started).toEqual([0, 1]);
    expect(ended).toBe(1);
  });

  it('draws no more items once one has failed', async () => {
    let drawn = 0;
    const items = async function* () {
      for (; drawn < 50; drawn++) {
        yield drawn;
        await new Promise(setImmediate);
      }
    };
    const all = forEachInFlight(items(), 20, running, () => Promise.reject(new Error('the first')));
    await expect(all).rejects.toThrow('the first');
    expect(drawn).toBeLessThan(3);
  });

  it('throws what its items end with, once what is under way has ended', async () => {
    let ended = 0;
    const items = async function* () {
      yield 1;
      throw new Error('no more');
    };
    const all = forEachInFlight(items(), 2, running, async () => {
      await new Promise(setImmediate);
      ended++;
    });
    await expect(all).rejects.toThrow('no more');
    expect(ended).toBe(1);
  });

  it('starts nothing more once its caller stops', async () => {
    const caller = new AbortController();
    const started: number[] = [];
    const all = forEachInFlight(Array(9).keys(), 1, caller.signal, async (item) => {
      started.push(item);
      caller.abort(new Error('stopped'));
    });
    await expect(all).rejects.toThrow('stopped');
    expect(started).toEqual([0]);
  });
});
