import jstat from 'jstat';

/** A mean over source problems with its 95 % interval; `clusters` is how many problems it rests on. */
export interface Estimate {
  mean: number;
  low: number;
  high: number;
  clusters: number;
  method: 'student-t on problem means' | 'Clopper-Pearson on problems' | 'one problem: no interval';
}

const confidence = 0.95;
const tail = (1 - confidence) / 2;

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const standardError = (values: readonly number[]): number => {
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
};

/** Means by cluster, in order of first appearance: several bugs of one problem are no independent cases. */
export const clusterMeans = (rows: readonly { cluster: string; value: number }[]): number[] => {
  const groups = new Map<string, number[]>();
  for (const { cluster, value } of rows) groups.set(cluster, [...(groups.get(cluster) ?? []), value]);
  return [...groups.values()].map(meanOf);
};

/** Exact binomial interval (Clopper and Pearson, 1934) for data all at 0 or all at 1, where a t interval is empty. */
const degenerate = (mean: number, clusters: number): Estimate => ({
  mean,
  low: mean === 0 ? 0 : tail ** (1 / clusters),
  high: mean === 1 ? 1 : 1 - tail ** (1 / clusters),
  clusters,
  method: 'Clopper-Pearson on problems',
});

/** Mean and 95 % interval of values in [0, 1], clustered by source problem. Empty data is a RangeError. */
export const estimateShare = (rows: readonly { cluster: string; value: number }[]): Estimate => {
  const means = clusterMeans(rows);
  if (means.length === 0) throw new RangeError('no rows to estimate from');
  const mean = meanOf(means);
  if (mean === 0 || mean === 1) return degenerate(mean, means.length);
  if (means.length === 1) return { mean, low: 0, high: 1, clusters: 1, method: 'one problem: no interval' };
  const half = jstat.studentt.inv(1 - tail, means.length - 1) * standardError(means);
  return {
    mean,
    low: Math.max(0, mean - half),
    high: Math.min(1, mean + half),
    clusters: means.length,
    method: 'student-t on problem means',
  };
};

/** A difference of two models on the same problems, `b` minus `a`. */
export interface PairedDifference {
  difference: number;
  low: number;
  high: number;
  clusters: number;
}

/** Mean difference by problem with its 95 % t interval. Undefined when fewer than two problems are shared. */
export const pairedDifference = (
  a: readonly { cluster: string; value: number }[],
  b: readonly { cluster: string; value: number }[],
): PairedDifference | undefined => {
  const before = new Map(meansByCluster(a));
  const differences = meansByCluster(b).flatMap(([cluster, value]) => {
    const base = before.get(cluster);
    return base === undefined ? [] : [value - base];
  });
  if (differences.length < 2) return undefined;
  const difference = meanOf(differences);
  const half = jstat.studentt.inv(1 - tail, differences.length - 1) * standardError(differences);
  return { difference, low: difference - half, high: difference + half, clusters: differences.length };
};

const meansByCluster = (rows: readonly { cluster: string; value: number }[]): [string, number][] => {
  const names = [...new Set(rows.map((row) => row.cluster))];
  const means = clusterMeans(rows);
  return names.map((name, at) => [name, means[at] ?? 0]);
};
