import { fanOut } from '../../workflows/fan-out.js';

describe('fanOut', () => {
  it('keeps to its number in flight, and gives results in order', async () => {
    let [now, most] = [0, 0];
    const results = await fanOut([3, 1, 2, 0], 2, async (item, at) => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      now--;
      return `${at}:${item}`;
    });
    expect(results).toEqual(['0:3', '1:1', '2:2', '3:0']);
    expect(most).toBe(2);
  });

  it('starts nothing after a failure, and throws it once what was under way has settled', async () => {
    const started: string[] = [];
    let settle: () => void = () => undefined;
    let thrown: unknown;
    const whole = fanOut(['slow', 'fails', 'never'], 2, async (item) => {
      started.push(item);
      if (item === 'fails') throw new Error('no');
      await new Promise<void>((resolve) => {
        settle = resolve;
      });
    }).catch((error: unknown) => {
      thrown = error;
    });
    await new Promise(setImmediate);
    expect(thrown).toBeUndefined();
    settle();
    await whole;
    expect(thrown).toEqual(new Error('no'));
    expect(started).toEqual(['slow', 'fails']);
  });
});
