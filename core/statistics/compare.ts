import { exactMcNemar } from './mcnemar.js';
import { differencesByCluster, type PairedDifference, pairedDifference } from './paired.js';
import { type PermutationTest, signFlipTest } from './permutation.js';
import { type EffectSize, effectSize, smallestDetectable } from './power.js';
import { passRows, sharedTallies, type TaskTally } from './score.js';

/** pass@k of two models on the tasks that both were asked: `b` minus `a`, paired by source problem. */
export interface Comparison {
  k: number;
  tasks: number;
  difference: PairedDifference;
  test: PermutationTest;
  effect?: EffectSize | undefined;
  /** The smallest true difference that would have been found four times in five. */
  smallestDetectable?: number | undefined;
  /** Exact McNemar, only with one task a problem and one sample a task; several bugs of one problem are no independent cases. */
  mcNemar?: { onlyA: number; onlyB: number; pValue: number } | undefined;
}

const mcNemarOf = (a: readonly TaskTally[], b: readonly TaskTally[]): Comparison['mcNemar'] => {
  const onePerProblem = new Set(a.map(({ problemId }) => problemId)).size === a.length;
  if (!onePerProblem || [...a, ...b].some(({ n }) => n !== 1)) return undefined;
  const count = (x: readonly TaskTally[], y: readonly TaskTally[]): number =>
    x.filter(({ passes }, at) => passes > (y[at]?.passes ?? 0)).length;
  const onlyA = count(a, b);
  const onlyB = count(b, a);
  return { onlyA, onlyB, pValue: exactMcNemar(onlyA, onlyB) };
};

/** Why two models can't be compared at a k, in words. */
export type NotCompared = { k: number; notCompared: string };

/** Compares pass@k. The seed decides the permutation's draws alone. */
export const comparePassAtK = (
  models: { a: readonly TaskTally[]; b: readonly TaskTally[] },
  k: number,
  seed: string,
): Comparison | NotCompared => {
  const { before: a, after: b } = sharedTallies(models.a, models.b);
  const short = a.filter(({ n }, at) => Math.min(n, b[at]?.n ?? 0) < k).length;
  if (a.length === 0) return { k, notCompared: 'they share no task' };
  if (short > 0) return { k, notCompared: `${short} of ${a.length} shared tasks have fewer than ${k} judged samples` };
  const differences = differencesByCluster(passRows(a, k), passRows(b, k));
  const difference = pairedDifference(passRows(a, k), passRows(b, k));
  if (!difference) return { k, notCompared: 'they share a single problem: a pair needs two' };
  return {
    k,
    tasks: a.length,
    difference,
    test: signFlipTest(differences, { seed }),
    effect: effectSize(differences),
    smallestDetectable: smallestDetectable(differences),
    mcNemar: k === 1 ? mcNemarOf(a, b) : undefined,
  };
};
