import { estimateShare, pairedDifference } from '../../../core/statistics/interval.js';

const rows = (...values: number[]) => values.map((value, at) => ({ cluster: `p${at}`, value }));

describe('estimateShare', () => {
  it('is the t interval on problem means', () => {
    // scipy.stats.t.interval(0.95, 4, loc=0.5, scale=scipy.stats.sem([0, .25, .5, .75, 1])) = (0.0092, 0.9908)
    const { mean, low, high } = estimateShare(rows(0, 0.25, 0.5, 0.75, 1));
    expect(mean).toBeCloseTo(0.5, 12);
    expect(low).toBeCloseTo(0.5 - 2.7764451 * 0.1767767, 4);
    expect(high).toBeCloseTo(0.5 + 2.7764451 * 0.1767767, 4);
  });

  it('counts several bugs of one problem as one case', () => {
    const clustered = estimateShare([...rows(0, 1), { cluster: 'p0', value: 0 }, { cluster: 'p0', value: 0 }]);
    expect(clustered).toEqual(estimateShare(rows(0, 1)));
  });

  it('never gives an empty interval for data all at zero or one', () => {
    const zero = estimateShare(rows(...Array(30).fill(0)));
    expect(zero.low).toBe(0);
    expect(zero.high).toBeCloseTo(0.1157, 3);
    const one = estimateShare(rows(...Array(30).fill(1)));
    expect(one.high).toBe(1);
    expect(one.low).toBeCloseTo(0.8843, 3);
  });
});

describe('pairedDifference', () => {
  it('pairs by problem and ignores problems that only one side has', () => {
    const before = rows(0, 0.5, 0.25);
    const after = [...rows(0.5, 1, 0.75), { cluster: 'only-after', value: 1 }];
    expect(pairedDifference(before, after)).toMatchObject({ difference: 0.5, low: 0.5, high: 0.5, clusters: 3 });
  });

  it('says nothing of fewer than two shared problems', () => {
    expect(pairedDifference(rows(0), rows(1))).toBeUndefined();
  });
});
