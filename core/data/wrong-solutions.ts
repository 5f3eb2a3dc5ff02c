import type { TestOutcome } from '../../contract/verdict.js';
import { shuffled } from '../random.js';
import type { TriedBug, WrongSolution } from './bugs.js';
import type { Answer } from './hidden-tests.js';

/** What can become of a model's answer to "solve this problem", in the order in which it is found out. */
export const answerFates = [
  'without a program',
  'not the wanted function',
  'a copy of an earlier one',
  'right on the visible tests',
  'no verdict',
  'behaves like another',
  'slow, or more than wanted',
  'kept',
] as const;
export type AnswerFate = (typeof answerFates)[number];

/** A wrong solution with its verdict on the visible tests, and what it answered to calls of tests and near them. */
export interface BehavingSolution extends TriedBug<WrongSolution> {
  answers: readonly Answer[];
}

/** Floats that differ in their last digits only are one answer. */
const rounded = (answer: Answer): Answer =>
  answer !== null && typeof answer === 'object' ? Number(answer.near).toPrecision(6) : answer;

/** A time limit on a busy machine is a matter of luck; that a test was not met is none. */
const failed = ({ outcome }: TestOutcome): boolean => outcome !== 'ok';

/** Equal for two programs that meet the same tests and answer every call alike. */
const behaviourOf = ({ answers, verdict }: BehavingSolution): string =>
  JSON.stringify([verdict.tests.map(failed), answers.map(rounded)]);

/**
 * One solution of each behaviour, drawn by seed, behaviours in an order drawn by seed; `alike` counts the others of its
 * behaviour. Near copies, which do the same in other words, so take one place between them.
 */
export const distinctBehaviours = (solutions: readonly BehavingSolution[], seed: string): TriedBug<WrongSolution>[] => {
  const groups = new Map<string, BehavingSolution[]>();
  for (const solution of shuffled(solutions, seed)) {
    const behaviour = behaviourOf(solution);
    groups.set(behaviour, [...(groups.get(behaviour) ?? []), solution]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first
      ? [
          {
            verdict: first.verdict,
            bug: { ...first.bug, sampled: { ...first.bug.sampled, alike: others.length } },
          },
        ]
      : [],
  );
};
