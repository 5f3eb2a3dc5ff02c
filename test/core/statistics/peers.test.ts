import { readFileSync } from 'node:fs';
import { estimateShare, studentInterval } from '../../../core/statistics/interval.js';
import { exactMcNemar } from '../../../core/statistics/mcnemar.js';
import { passAtK } from '../../../core/statistics/pass-at-k.js';
import { signFlipTest } from '../../../core/statistics/permutation.js';

interface Peers {
  passAtK: [n: number, c: number, k: number, expected: number][];
  intervals: { samples: number; passes: number[]; t: [number, number]; wilson: [number, number] }[];
  mcNemar: [onlyA: number, onlyB: number, pValue: number][];
  signFlip: { differences: number[]; pValue: number }[];
}

/** Made by scripts/statistics-fixtures.py with EvalPlus 0.3.1 and SciPy 1.16.3. */
const peers = JSON.parse(readFileSync('test/core/statistics/data/peers.json', 'utf8')) as Peers;

describe('our statistics agree with their peers', () => {
  it("pass@k with EvalPlus's estimator on 1,000 random cases", () => {
    expect(peers.passAtK).toHaveLength(1000);
    for (const [n, c, k, expected] of peers.passAtK) expect(passAtK(n, c, k)).toBeCloseTo(expected, 12);
  });

  it("the t interval with SciPy's on problem means", () => {
    expect(peers.intervals.length).toBeGreaterThan(50);
    for (const { samples, passes, t } of peers.intervals) {
      const { low, high } = studentInterval(passes.map((count) => count / samples));
      expect(low).toBeCloseTo(t[0], 7);
      expect(high).toBeCloseTo(t[1], 7);
    }
  });

  it("the interval of a score with SciPy's solution of its equation", () => {
    for (const { samples, passes, wilson } of peers.intervals) {
      const rows = passes.map((count, at) => ({ cluster: `${at}`, value: count / samples }));
      const { low, high, method } = estimateShare(rows);
      expect(method).toBe('Wilson on problem means');
      expect(low).toBeCloseTo(wilson[0], 7);
      expect(high).toBeCloseTo(wilson[1], 7);
    }
  });

  it("McNemar's exact p-value with SciPy's binomial test", () => {
    expect(peers.mcNemar.length).toBeGreaterThan(40);
    for (const [onlyA, onlyB, pValue] of peers.mcNemar) expect(exactMcNemar(onlyA, onlyB)).toBeCloseTo(pValue, 9);
  });

  it("the sign-flip test's p-value with SciPy's permutation test where all assignments are counted", () => {
    for (const { differences, pValue } of peers.signFlip) {
      expect(signFlipTest(differences, { seed: '1' }).pValue).toBeCloseTo(pValue, 9);
    }
  });
});
