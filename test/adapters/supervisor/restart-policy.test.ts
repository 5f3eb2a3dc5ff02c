import { afterExit, type FailureCount, noFailures } from '../../../adapters/supervisor/restart-policy.js';

const decisions = (readyForMs: (number | undefined)[]): (number | string)[] => {
  let count: FailureCount = noFailures;
  return readyForMs.map((time) => {
    const next = afterExit(count, time);
    count = next.count;
    return next.decision.kind === 'restart' ? next.decision.delayMs : next.decision.reason;
  });
};

describe('after a component ended', () => {
  it('it is started again after a pause that doubles up to half a minute', () => {
    expect(decisions(Array(9).fill(10))).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('one that worked for some seconds never waits longer than four', () => {
    expect(decisions(Array(7).fill(5000))).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
  });

  it('a minute of health forgets what was before', () => {
    expect(decisions([10, 10, 59_999, 60_000, 10])).toEqual([250, 500, 1000, 250, 500]);
  });

  it('one that worked for a minute each time is never given up: a campaign of days outlives any number of kills', () => {
    expect(decisions(Array(100).fill(60_000))).toEqual(Array(100).fill(250));
    const spread = [...Array(19).fill(30_000), 3_600_000, ...Array(18).fill(30_000)];
    expect(decisions(spread).every((one) => typeof one === 'number')).toBe(true);
  });

  it('it is given up when it was never ready five times in a row', () => {
    expect(decisions(Array(5).fill(undefined)).at(-1)).toBe('it did not get ready 5 times in a row');
  });

  it('being ready in between saves it from that', () => {
    expect(
      decisions([undefined, undefined, undefined, undefined, 1, undefined]).every((one) => typeof one === 'number'),
    ).toBe(true);
  });

  it('one that lacks what comes back by itself is never given up, and tried again every ten seconds at least', () => {
    let count: FailureCount = { ...noFailures, neverReady: 4, inARow: 19 };
    const delays = Array.from({ length: 40 }, () => {
      const next = afterExit(count, undefined, true);
      count = next.count;
      return next.decision.kind === 'restart' ? next.decision.delayMs : next.decision.reason;
    });
    expect(delays.slice(0, 7)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000]);
    expect(delays.slice(7)).toEqual(Array(33).fill(10_000));
    expect(afterExit(count, undefined).decision.kind).toBe('giveUp');
    expect(afterExit(afterExit(count, 60_000).count, undefined, true).decision).toEqual({
      kind: 'restart',
      delayMs: 250,
    });
  });

  it('it is given up when it falls over twenty times without a minute of health', () => {
    const all = decisions(Array(20).fill(30_000));
    expect(all.slice(0, 19).every((one) => typeof one === 'number')).toBe(true);
    expect(all[19]).toBe('it ended 20 times without 60 s of health in between');
  });
});
