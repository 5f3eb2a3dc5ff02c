import type { RepairTask, SplitName, Task } from '../../contract/task.js';
import type { TestOutcome, Verdict } from '../../contract/verdict.js';
import { seededRandom, shuffled } from '../random.js';

/** A program with one named bug; `line` is where its text was changed (1-based). */
export interface Mutant {
  operator: string;
  line: number;
  program: string;
}

/** A wrong solution that a model wrote. */
export interface WrongSolution {
  program: string;
  /** Who wrote it, its place among the problem's samples, and how many other wrong ones of them behave as it does. */
  sampled: { model: string; index: number; alike: number };
}

export type Bug = Mutant | WrongSolution;

/** A candidate bug and what the sandbox said about it on the visible tests. */
export interface TriedBug<Kind extends Bug = Mutant> {
  bug: Kind;
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

const failsWith = ({ verdict }: Pick<TriedBug, 'verdict'>, outcomes: readonly TestOutcome['outcome'][]): boolean =>
  verdict.verdict === 'fail' && verdict.tests.some((test) => !test.hidden && outcomes.includes(test.outcome));

/** The first `wanted` candidates that fail a visible test, few of them by a limit. No verdict is no bug. */
export const chooseBugs = <Kind extends Bug>(tried: readonly TriedBug<Kind>[], wanted: number): Kind[] => {
  let slow = 0;
  const bugs = tried.filter((candidate) => {
    if (failsWith(candidate, slowFailures)) return ++slow <= maxSlowBugs;
    return failsWith(candidate, plainFailures);
  });
  return bugs.slice(0, wanted).map(({ bug }) => bug);
};

/** What is kept of where a bug came from, and what it is named by. */
const originOf = (bug: Bug): { kind: string; origin: object } =>
  'sampled' in bug
    ? { kind: 'model', origin: { sampled: bug.sampled } }
    : { kind: bug.operator, origin: { mutation: { operator: bug.operator, line: bug.line } } };

/** The repair tasks of a problem's bugs, named `<problem>#<operator>-<n>` or `#model-<n>`; keys in the order of the format. */
export const repairTasks = (problem: Task, bugs: readonly Bug[], split: SplitName): RepairTask[] => {
  const counts = new Map<string, number>();
  return bugs.map((bug) => {
    const { kind, origin } = originOf(bug);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const { id, intent, buggy: _, ...rest } = problem;
    return { id: `${id}#${kind}-${count}`, intent, buggy: bug.program, ...rest, split, ...origin };
  });
};
