/**
 * The unbiased estimator of pass@k for one task (Chen et al., 2021, arXiv 2107.03374, section 2.1):
 * 1 - C(n-c, k) / C(n, k), computed as a product so that nothing overflows.
 * @param n samples judged, @param c those that passed, @param k draws without replacement, k <= n
 */
export const passAtK = (n: number, c: number, k: number): number => {
  if (k > n) throw new RangeError(`pass@${k} needs at least ${k} samples, there are ${n}`);
  if (n - c < k) return 1;
  let missAll = 1;
  for (let at = n - c + 1; at <= n; at++) missAll *= 1 - k / at;
  return 1 - missAll;
};
