import type { RepairTask, SplitName, Task } from '../../contract/task.js';
import type { TestOutcome, Verdict } from '../../contract/verdict.js';
import { seededRandom, shuffled } from '../random.js';

/** A program with one named bug; `line` is where its text was changed (1-based). */
export interface Mutant {
  operator: string;
  line: number;
  program: string;
}

/** A candidate bug and what the sandbox said about it on the visible tests. */
export interface TriedMutant {
  mutant: Mutant;
  verdict: Verdict;
}

/** Bugs a problem may have that only run into a limit: they cost a whole time limit each, and their traces say little. */
export const maxSlowBugs = 1;

const plainFailures: readonly TestOutcome['outcome'][] = ['assertion', 'exception'];
const slowFailures: readonly TestOutcome['outcome'][] = ['timeout', 'memory', 'output'];

/** Operators that fit almost every program come up less often than the others, or they would crowd these out. */
const commonOperators: Readonly<Record<string, number>> = {
  'wrong-variable': 0.3,
  'missing-statement': 0.5,
  constant: 0.5,
  index: 0.7,
};

/** Names in an order drawn by weight without replacement: the smallest of exponential times (Efraimidis and Spirakis, 2006). */
const drawnByWeight = (operators: readonly string[], seed: string): string[] => {
  const random = seededRandom(`${seed}/operators`);
  const timed = operators.map((name) => ({ name, time: -Math.log(1 - random()) / (commonOperators[name] ?? 1) }));
  return timed.sort((a, b) => a.time - b.time).map(({ name }) => name);
};

/**
 * The order in which a problem's candidates are tried: one of each operator before a second of any, the operators and
 * each one's candidates drawn by seed. So few bugs a problem still spread over all operators.
 */
export const orderMutants = (mutants: readonly Mutant[], seed: string): Mutant[] => {
  const byOperator = new Map<string, Mutant[]>();
  for (const mutant of shuffled(mutants, seed)) {
    byOperator.set(mutant.operator, [...(byOperator.get(mutant.operator) ?? []), mutant]);
  }
  const queues = drawnByWeight([...byOperator.keys()].sort(), seed).map((name) => byOperator.get(name) ?? []);
  const rounds = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: rounds }, (_, round) => queues.flatMap((queue) => queue[round] ?? [])).flat();
};

const failsWith = ({ verdict }: TriedMutant, outcomes: readonly TestOutcome['outcome'][]): boolean =>
  verdict.verdict === 'fail' && verdict.tests.some((test) => !test.hidden && outcomes.includes(test.outcome));

/** The first `wanted` candidates that fail a visible test, few of them by a limit. No verdict is no bug. */
export const chooseBugs = (tried: readonly TriedMutant[], wanted: number): Mutant[] => {
  let slow = 0;
  const bugs = tried.filter((candidate) => {
    if (failsWith(candidate, slowFailures)) return ++slow <= maxSlowBugs;
    return failsWith(candidate, plainFailures);
  });
  return bugs.slice(0, wanted).map(({ mutant }) => mutant);
};

/** The repair tasks of a problem's bugs, named `<problem>#<operator>-<n>`; keys in the order of the format. */
export const repairTasks = (problem: Task, bugs: readonly Mutant[], split: SplitName): RepairTask[] => {
  const counts = new Map<string, number>();
  return bugs.map(({ operator, line, program }) => {
    const count = (counts.get(operator) ?? 0) + 1;
    counts.set(operator, count);
    const { id, intent, buggy: _, ...rest } = problem;
    return { id: `${id}#${operator}-${count}`, intent, buggy: program, ...rest, split, mutation: { operator, line } };
  });
};
