import jstat from 'jstat';
import { standardDeviation, standardError } from './clusters.js';
import { tail } from './interval.js';

const power = 0.8;

/**
 * The smallest true difference that a test at 5 % would have found four times in five, from as many problems with
 * differences that scatter as these do: (t of 0.975 + t of 0.8) · SE. Undefined where the differences don't scatter.
 */
export const smallestDetectable = (differences: readonly number[]): number | undefined => {
  if (differences.length < 2) return undefined;
  const error = standardError(differences);
  const freedom = differences.length - 1;
  return error === 0 ? undefined : (jstat.studentt.inv(1 - tail, freedom) + jstat.studentt.inv(power, freedom)) * error;
};

/** How large a difference is beside its scatter over problems: Cohen's d of paired data, with its 95 % interval. */
export interface EffectSize {
  d: number;
  low: number;
  high: number;
}

/** Cohen's d_z; the interval by its large-sample standard error sqrt(1/n + d²/2n) (Hedges and Olkin, 1985). */
export const effectSize = (differences: readonly number[]): EffectSize | undefined => {
  const n = differences.length;
  const deviation = n < 2 ? 0 : standardDeviation(differences);
  if (deviation === 0) return undefined;
  const d = differences.reduce((sum, one) => sum + one, 0) / n / deviation;
  const half = jstat.normal.inv(1 - tail, 0, 1) * Math.sqrt(1 / n + d ** 2 / (2 * n));
  return { d, low: d - half, high: d + half };
};
