import { passAtK } from '../../../core/statistics/pass-at-k.js';

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);

describe('passAtK', () => {
  it('equals its definition by binomial coefficients for every n up to 20', () => {
    for (let n = 1; n <= 20; n++)
      for (let c = 0; c <= n; c++)
        for (let k = 1; k <= n; k++) {
          const expected = n - c < k ? 1 : 1 - choose(n - c, k) / choose(n, k);
          expect(passAtK(n, c, k)).toBeCloseTo(expected, 10);
        }
  });

  it('refuses a k beyond n: that is not estimated', () => {
    expect(() => passAtK(4, 2, 5)).toThrow(RangeError);
  });
});
