/** A value of one task (or sample) and the source problem it belongs to. */
export interface ClusteredValue {
  cluster: string;
  value: number;
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** With n - 1 in the denominator; NaN for fewer than two values. */
export const standardDeviation = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

export const standardError = (values: readonly number[]): number =>
  standardDeviation(values) / Math.sqrt(values.length);

/** Means by cluster, in order of first appearance: several bugs of one problem are no independent cases. */
export const meansByCluster = (rows: readonly ClusteredValue[]): Map<string, number> => {
  const groups = new Map<string, number[]>();
  for (const { cluster, value } of rows) {
    const group = groups.get(cluster);
    if (group) group.push(value);
    else groups.set(cluster, [value]);
  }
  return new Map([...groups].map(([cluster, values]) => [cluster, meanOf(values)]));
};
