import { pairedDifference } from '../../../core/statistics/paired.js';

const rows = (...values: number[]) => values.map((value, at) => ({ cluster: `p${at}`, value }));

describe('pairedDifference', () => {
  it('pairs by problem and ignores problems that only one side has', () => {
    const after = [...rows(0.5, 1, 1), { cluster: 'only-after', value: 1 }];
    const { difference, clusters } = pairedDifference(rows(0, 0.5, 0.25), after) ?? {};
    expect(difference).toBeCloseTo((0.5 + 0.5 + 0.75) / 3, 12);
    expect(clusters).toBe(3);
  });

  it('says nothing of fewer than two shared problems', () => {
    expect(pairedDifference(rows(0), rows(1))).toBeUndefined();
  });

  it('gives no empty interval where no problem differs: unseen ones may', () => {
    const { difference, low, high } =
      pairedDifference(rows(...Array(60).fill(0.5)), rows(...Array(60).fill(0.5))) ?? {};
    expect(difference).toBe(0);
    expect(high).toBeCloseTo(1 - 0.025 ** (1 / 60), 12);
    expect(low).toBeCloseTo(-(1 - 0.025 ** (1 / 60)), 12);
  });

  it('ends at 1 where every problem differs by all there is', () => {
    const { low, high } = pairedDifference(rows(0, 0, 0), rows(1, 1, 1)) ?? {};
    expect(high).toBe(1);
    expect(low).toBeLessThan(1);
  });
});
