import { type ClusteredValue, meanOf, meansByCluster } from './clusters.js';
import { areAlike, largestUnseenShare, studentInterval } from './interval.js';

/** A difference of two models on the same problems, `b` minus `a`, with its 95 % interval. */
export interface PairedDifference {
  difference: number;
  low: number;
  high: number;
  clusters: number;
}

/** Differences of problem means, `b` minus `a`, over the problems that both have. */
export const differencesByCluster = (a: readonly ClusteredValue[], b: readonly ClusteredValue[]): number[] => {
  const before = meansByCluster(a);
  return [...meansByCluster(b)].flatMap(([cluster, value]) => {
    const base = before.get(cluster);
    return base === undefined ? [] : [value - base];
  });
};

/** Where all problems differ by the same amount a t interval is empty: an unseen one may lie in [-1, 1]. */
const constantDifference = (difference: number, clusters: number): PairedDifference => {
  const unseen = largestUnseenShare(clusters);
  return {
    difference,
    low: difference - unseen * (1 + difference),
    high: difference + unseen * (1 - difference),
    clusters,
  };
};

/** Mean difference by problem with its 95 % t interval. Undefined when fewer than two problems are shared. */
export const pairedDifference = (
  a: readonly ClusteredValue[],
  b: readonly ClusteredValue[],
): PairedDifference | undefined => {
  const differences = differencesByCluster(a, b);
  if (differences.length < 2) return undefined;
  const difference = meanOf(differences);
  if (areAlike(differences)) return constantDifference(difference, differences.length);
  const { low, high } = studentInterval(differences);
  return { difference, low: Math.max(-1, low), high: Math.min(1, high), clusters: differences.length };
};
