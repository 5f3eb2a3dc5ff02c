import jstat from 'jstat';
import { type ClusteredValue, meanOf, meansByCluster, standardError } from './clusters.js';

/** A mean over source problems with its 95 % interval; `clusters` is how many problems it rests on. */
export interface Estimate {
  mean: number;
  low: number;
  high: number;
  clusters: number;
  method: 'Wilson on problem means' | 'Clopper-Pearson on problems' | 'one problem: no interval';
}

export const confidence = 0.95;
export const tail = (1 - confidence) / 2;

/** Quantile of Student's t for a 95 % interval from `clusters` independent values. */
export const tQuantile = (clusters: number): number => jstat.studentt.inv(1 - tail, clusters - 1);

/** The 95 % t interval of a mean of at least two values, as scipy.stats.t.interval gives it. Not cut to any range. */
export const studentInterval = (values: readonly number[]): { low: number; high: number } => {
  const half = tQuantile(values.length) * standardError(values);
  const mean = meanOf(values);
  return { low: mean - half, high: mean + half };
};

/** The largest share of problems that could behave otherwise though none of n did (Clopper and Pearson, 1934). */
export const largestUnseenShare = (clusters: number): number => 1 - tail ** (1 / clusters);

/** Problem means that are all alike, at 0 or 1 say, leave other intervals empty: each unseen problem may lie in [0, 1]. */
const constant = (mean: number, clusters: number): Estimate => ({
  mean,
  low: mean - largestUnseenShare(clusters) * mean,
  high: mean + largestUnseenShare(clusters) * (1 - mean),
  clusters,
  method: 'Clopper-Pearson on problems',
});

/** Equal up to rounding. */
export const areAlike = (values: readonly number[]): boolean =>
  values.every((value) => Math.abs(value - (values[0] ?? 0)) < 1e-12);

/**
 * Wilson's score interval at the effective sample size mean·(1 - mean) / SE², with t's quantile (as surveys use it: Korn
 * and Graubard, 1998; Dean and Pagano, 2015). SE is that of the problem means. It holds the true mean 93 to 97 % of the
 * time from 100 problems on, where the plain t interval falls to 92 % (docs/decisions/statistics.md).
 */
const wilson = (means: readonly number[]): Estimate => {
  const mean = meanOf(means);
  const clusters = means.length;
  const z2 = tQuantile(clusters) ** 2;
  // 1 / the effective sample size.
  const inverse = standardError(means) ** 2 / (mean * (1 - mean));
  const centre = (mean + (z2 * inverse) / 2) / (1 + z2 * inverse);
  const half = Math.sqrt(z2 * inverse * (mean * (1 - mean) + (z2 * inverse) / 4)) / (1 + z2 * inverse);
  return { mean, low: centre - half, high: centre + half, clusters, method: 'Wilson on problem means' };
};

/** Mean and 95 % interval of values in [0, 1], clustered by source problem. Empty data is a RangeError. */
export const estimateShare = (rows: readonly ClusteredValue[]): Estimate => {
  const means = [...meansByCluster(rows).values()];
  if (means.length === 0) throw new RangeError('no rows to estimate from');
  const mean = meanOf(means);
  if (means.length === 1) return { mean, low: 0, high: 1, clusters: 1, method: 'one problem: no interval' };
  return areAlike(means) ? constant(mean, means.length) : wilson(means);
};

/**
 * What simulation found where an interval is less reliable than its 95 %: undefined where it held 93 to 97 %
 * (docs/decisions/statistics.md has the table, `npm run bench:coverage` makes it).
 */
export const coverageWarning = ({ mean, clusters }: Pick<Estimate, 'mean' | 'clusters'>): string | undefined => {
  const extreme = mean < 0.1 || mean > 0.9;
  if (clusters >= 60 && !extreme) return undefined;
  if (clusters >= 100) return 'near 0 or 100 % such an interval held the true value 90 to 98 % of the time, not 95 %';
  if (clusters >= 60)
    return 'from so few problems, near 0 or 100 %, such an interval held the true value 88 to 97 % of the time, not 95 %';
  return 'from fewer than 60 problems such an interval held the true value 87 to 99 % of the time, not 95 %';
};
