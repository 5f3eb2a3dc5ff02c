import { coverageWarning, estimateShare } from '../../../core/statistics/interval.js';

const rows = (...values: number[]) => values.map((value, at) => ({ cluster: `p${at}`, value }));

describe('estimateShare', () => {
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

  it('is not empty where all problems are alike, whatever their mean', () => {
    const { mean, low, high } = estimateShare(rows(...Array(30).fill(0.5)));
    expect(mean).toBe(0.5);
    expect(high - low).toBeCloseTo(1 - 0.025 ** (1 / 30), 9);
  });

  it('knows nothing from one problem', () => {
    expect(estimateShare(rows(0))).toMatchObject({ low: 0, high: 1 });
  });

  it('stays within 0 and 1, and above 0 where something passed', () => {
    const { low, high } = estimateShare(rows(...Array(29).fill(0), 1));
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(1);
  });

  it('is wider, not narrower, than SciPy binomtest(10, 100).proportion_ci(method="wilson") for one sample a problem', () => {
    const { low, high } = estimateShare(rows(...Array(90).fill(0), ...Array(10).fill(1)));
    expect(low).toBeCloseTo(0.0552, 2);
    expect(low).toBeLessThan(0.0552);
    expect(high).toBeCloseTo(0.1744, 2);
    expect(high).toBeGreaterThan(0.1744);
  });
});

describe('coverageWarning', () => {
  it('is silent where simulation found 93 to 97 %, and says what it found elsewhere', () => {
    expect(coverageWarning({ mean: 0.3, clusters: 100 })).toBeUndefined();
    expect(coverageWarning({ mean: 0.02, clusters: 100 })).toContain('90 to 98 %');
    expect(coverageWarning({ mean: 0.3, clusters: 20 })).toContain('87 to 99 %');
  });
});
