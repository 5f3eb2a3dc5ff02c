/**
 * McNemar's exact test of two models that answered each task once: only the tasks on which they disagree count, and each
 * of those is as likely to favour either (McNemar, 1947). Valid only with one task a problem.
 * @param onlyA tasks that only the first solved, @param onlyB that only the second solved
 * @returns the two-sided p-value
 */
export const exactMcNemar = (onlyA: number, onlyB: number): number => {
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  let logChoose = 0;
  let lower = 0;
  for (let at = 0; at <= fewer; at++) {
    if (at > 0) logChoose += Math.log((n - at + 1) / at);
    lower += Math.exp(logChoose - n * Math.LN2);
  }
  return Math.min(1, 2 * lower);
};
