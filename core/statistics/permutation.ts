import { seededRandom } from '../random.js';

/** Up to so many problems every assignment of signs is counted: 65,536 of them. */
const mostEnumerated = 16;
const defaultDraws = 10_000;

export interface PermutationTest {
  /** Two-sided. */
  pValue: number;
  method: 'every sign assignment' | 'random sign assignments';
  assignments: number;
}

/** Sums equal up to rounding count as equal, or ties with the observed one would be lost. */
const tolerance = 1e-9;

const enumerate = (differences: readonly number[], observed: number): PermutationTest => {
  const assignments = 2 ** differences.length;
  let asLarge = 0;
  for (let signs = 0; signs < assignments; signs++) {
    let sum = 0;
    for (let at = 0; at < differences.length; at++)
      sum += (signs >> at) & 1 ? -(differences[at] ?? 0) : (differences[at] ?? 0);
    if (Math.abs(sum) >= observed - tolerance) asLarge++;
  }
  return { pValue: asLarge / assignments, method: 'every sign assignment', assignments };
};

const draw = (differences: readonly number[], observed: number, seed: string, draws: number): PermutationTest => {
  const random = seededRandom(`${seed}/sign-flip`);
  let asLarge = 0;
  for (let at = 0; at < draws; at++) {
    let sum = 0;
    for (const difference of differences) sum += random() < 0.5 ? -difference : difference;
    if (Math.abs(sum) >= observed - tolerance) asLarge++;
  }
  // The observed assignment is one of them (Phipson and Smyth, 2010): p is never 0.
  return { pValue: (asLarge + 1) / (draws + 1), method: 'random sign assignments', assignments: draws };
};

/**
 * Paired sign-flip permutation test of a mean difference of 0, one difference a source problem (Fisher, 1935). If
 * neither model is better, each problem's difference is as likely to have the other sign.
 */
export const signFlipTest = (
  differences: readonly number[],
  { seed, draws = defaultDraws }: { seed: string; draws?: number },
): PermutationTest => {
  const moving = differences.filter((difference) => difference !== 0);
  const observed = Math.abs(moving.reduce((sum, difference) => sum + difference, 0));
  return moving.length <= mostEnumerated ? enumerate(moving, observed) : draw(moving, observed, seed, draws);
};
