import type { Verifier, Work } from '../../activities/ports.js';
import { InputError } from '../../contract/failures.js';
import type { RepairTask, SplitName, Task } from '../../contract/task.js';
import { repairTasks } from '../../core/data/bugs.js';
import { assignSplits, splitConflicts } from '../../core/data/splits.js';
import { shuffled } from '../../core/random.js';
import { deriveHiddenTests } from './derive-tests.js';
import { type Bugs, findBugs } from './find-bugs.js';
import type { ProgramReader } from './program-reader.js';
import type { ReferenceRunner } from './reference-runner.js';

export interface BuildPlan {
  seed: string;
  /** Repair tasks a problem; a few-shot problem gives one. */
  perProblem: number;
  /** Repair tasks in all, from problems drawn by seed; all problems' without it. */
  limit?: number | undefined;
}

export interface BuildDeps {
  reader: ProgramReader;
  verifier: Verifier;
  /** Answers for the hidden tests of problems that have none. */
  runReferences: ReferenceRunner;
}

/** Problems done, of how many, and repair tasks so far. */
export interface BuildProgress {
  done: number;
  total: number;
  tasks: number;
}

export interface Built {
  /** In the order of their problems. */
  tasks: RepairTask[];
  /** Problems that gave no repair task, and why. */
  refused: { id: string; reason: string }[];
  /** Candidate bugs that were run. */
  tried: number;
}

/** Problems handled together: enough work for the sandbox's workers, and progress every few seconds. */
const problemsAtOnce = 32;

const refuseConflicts = (problems: readonly Task[]): void => {
  const [conflict] = splitConflicts(problems);
  if (!conflict) return;
  throw new InputError(
    `problem ${conflict.problemId} stands in splits ${conflict.splits.join(' and ')}: give it one, so that no bug of it leaks`,
  );
};

/** The bugs found so far, in the order in which problems are drawn, cut to the limit. */
const tasksIn = (
  order: readonly Task[],
  found: ReadonlyMap<Task, Bugs>,
  { splits, limit }: { splits: ReadonlyMap<string, SplitName>; limit: number | undefined },
): RepairTask[] =>
  order
    .flatMap((problem) => {
      const bugs = found.get(problem);
      return bugs?.ok ? repairTasks(bugs.problem, bugs.bugs, splits.get(problem.problemId) ?? 'train') : [];
    })
    .slice(0, limit);

const summarise = (problems: readonly Task[], found: ReadonlyMap<Task, Bugs>, tasks: RepairTask[]): Built => {
  const place = new Map(problems.map(({ problemId }, at) => [problemId, at]));
  const placeOf = (task: RepairTask): number => place.get(task.problemId) ?? 0;
  const answers = problems.flatMap((problem) => {
    const bugs = found.get(problem);
    return bugs ? [{ id: problem.id, ...bugs }] : [];
  });
  return {
    tasks: tasks.sort((a, b) => placeOf(a) - placeOf(b)),
    refused: answers.flatMap((answer) => (answer.ok ? [] : [{ id: answer.id, reason: answer.reason }])),
    tried: answers.reduce((sum, answer) => sum + (answer.ok ? answer.tried : 0), 0),
  };
};

/**
 * Repair tasks from problems with references, the same for the same problems, seed and sizes. A problem's bugs depend
 * on the seed and the problem alone, so adding problems changes no other's tasks (where all have their splits).
 * @throws InputError when a source problem stands in two splits.
 */
export const buildTasks = async (
  problems: readonly Task[],
  plan: BuildPlan,
  { reader, verifier, runReferences, signal, onProgress }: BuildDeps & Work<BuildProgress>,
): Promise<Built> => {
  refuseConflicts(problems);
  const { seed, limit, perProblem } = plan;
  const splits = assignSplits(problems, seed);
  const order = limit === undefined ? problems : shuffled(problems, `${seed}/limit`);
  const wanted = ({ problemId }: Task): number => (splits.get(problemId) === 'fewshot' ? 1 : perProblem);
  const found = new Map<Task, Bugs>();
  let tasks: RepairTask[] = [];
  for (let at = 0; at < order.length && tasks.length < (limit ?? Infinity); at += problemsAtOnce) {
    signal?.throwIfAborted();
    const group = order.slice(at, at + problemsAtOnce);
    const tested = await deriveHiddenTests(group, { reader, verifier, run: runReferences, seed });
    const searches = tested.map((problem) => ({ problem, wanted: wanted(problem) }));
    const answers = await findBugs(searches, { reader, verifier, seed });
    group.forEach((problem, position) => {
      found.set(problem, answers[position] as Bugs);
    });
    tasks = tasksIn(order, found, { splits, limit });
    onProgress?.({ done: found.size, total: order.length, tasks: tasks.length });
  }
  return summarise(problems, found, tasks);
};
