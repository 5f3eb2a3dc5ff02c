import type { Verifier, Work } from '../../activities/ports.js';
import { InputError } from '../../contract/failures.js';
import type { RepairTask, SplitName, Task } from '../../contract/task.js';
import { inBatches } from '../../core/data/batches.js';
import { repairTasks } from '../../core/data/bugs.js';
import { assignSplits, splitConflicts } from '../../core/data/splits.js';
import { shuffled } from '../../core/random.js';
import { deriveHiddenTests } from './derive-tests.js';
import { type Bugs, findBugs } from './find-bugs.js';
import type { Journal } from './journal.js';
import type { ProgramReader } from './program-reader.js';
import type { ReferenceRunner } from './reference-runner.js';
import { type Solver, sampleBugs } from './sample-bugs.js';
import { Turns } from './turns.js';

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
  /** Writes the wrong solutions that are the bugs; without it they are mutations of the references. */
  solver?: Solver | undefined;
  /** Bugs by problem, from an earlier run and for a next one. */
  journal?: Pick<Journal, 'earlier' | 'append'>;
}

/** Problems done, of how many, `resumed` of them by an earlier run, and repair tasks so far. */
export interface BuildProgress {
  done: number;
  total: number;
  resumed: number;
  tasks: number;
}

export interface Built {
  /** In the order of their problems. */
  tasks: RepairTask[];
  /** Problems that gave no repair task, and why. */
  refused: { id: string; reason: string }[];
  /** Candidate bugs that were run. */
  tried: number;
  /** What became of a model's answers, where one was asked. */
  answers: Record<string, number>;
}

/** Problems handled together, and such batches side by side, so that no core waits for the slowest bug of one. */
const problemsAtOnce = 24;
const batchesAtOnce = 2;
/** Answers of a model take long: fewer problems a batch, so that progress shows and little is asked in vain. */
const sampledAtOnce = 4;

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
    tried: answers.reduce((sum, { tried = 0 }) => sum + tried, 0),
    answers: totals(answers.map((answer) => answer.answers ?? {})),
  };
};

const totals = (counts: readonly Record<string, number>[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [name, count] of counts.flatMap(Object.entries)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
};

const bugsIn = (found: ReadonlyMap<Task, Bugs>): number =>
  [...found.values()].reduce((sum, bugs) => sum + (bugs.ok ? bugs.bugs.length : 0), 0);

/** Siblings settle before a failure is told: none may hold the sandbox after that. */
const settled = async (work: readonly Promise<void>[]): Promise<void> => {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

/**
 * Repair tasks from problems with references, the same for the same problems, seed and sizes. A problem's bugs depend
 * on the seed and the problem alone, so adding problems changes no other's tasks (where all have their splits).
 * @throws InputError when a source problem stands in two splits.
 */
export const buildTasks = async (
  problems: readonly Task[],
  plan: BuildPlan,
  { reader, verifier, runReferences, solver, journal, signal, onProgress }: BuildDeps & Work<BuildProgress>,
): Promise<Built> => {
  refuseConflicts(problems);
  const { seed, limit, perProblem } = plan;
  const splits = assignSplits(problems, seed);
  const order = limit === undefined ? problems : shuffled(problems, `${seed}/limit`);
  const wanted = ({ problemId }: Task): number => (splits.get(problemId) === 'fewshot' ? 1 : perProblem);
  const found = new Map<Task, Bugs>();
  for (const problem of order) {
    const earlier = journal?.earlier.get(problem.id);
    if (earlier) found.set(problem, earlier as Bugs);
  }
  const resumed = found.size;
  const batch = async (group: readonly Task[]): Promise<void> => {
    signal?.throwIfAborted();
    const tested = await deriveHiddenTests(group, { reader, verifier, run: runReferences, seed });
    const searches = tested.map((problem) => ({ problem, wanted: wanted(problem) }));
    const answers = solver
      ? await sampleBugs(
          searches,
          { reader, verifier, run: runReferences, solver, seed },
          { ...(signal && { signal }) },
        )
      : await findBugs(searches, { reader, verifier, seed });
    // What was stopped in the middle says nothing about these problems.
    signal?.throwIfAborted();
    for (const [position, problem] of group.entries()) {
      found.set(problem, answers[position] as Bugs);
      await journal?.append(problem.id, answers[position]);
    }
    onProgress?.({ done: found.size, total: order.length, resumed, tasks: bugsIn(found) });
  };
  const atOnce = solver ? sampledAtOnce : problemsAtOnce;
  const turns = new Turns(batchesAtOnce);
  // Without a limit nothing waits for the end of a stretch: all batches queue up at once.
  const stretch = limit === undefined ? order.length : atOnce * batchesAtOnce;
  let reached = 0;
  let tasks: RepairTask[] = [];
  while (reached < order.length && tasks.length < (limit ?? Infinity)) {
    const next = order.slice(reached, reached + stretch);
    const open = next.filter((problem) => !found.has(problem));
    await settled(inBatches(open, atOnce).map((group) => turns.take(() => batch(group))));
    reached += next.length;
    tasks = tasksIn(order.slice(0, reached), found, { splits, limit });
  }
  // A journal may hold problems beyond those that the limit needed: the report must not tell the runs apart.
  const needed = new Set(order.slice(0, reached));
  const reachedOnly = new Map([...found].filter(([problem]) => needed.has(problem)));
  return summarise(problems, reachedOnly, tasks);
};
