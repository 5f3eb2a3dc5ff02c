import type { Verifier } from '../../activities/ports.js';
import type { Task } from '../../contract/task.js';
import type { Verdict } from '../../contract/verdict.js';
import { type Bug, chooseBugs, type Mutant, orderMutants, type TriedBug } from '../../core/data/bugs.js';
import type { ProgramReader } from './program-reader.js';
import { verifyAll } from './verify-all.js';

/** Candidates tried beyond those wanted, since some pass every visible test. */
const spareCandidates = 3;

export interface BugSearch {
  problem: Task;
  /** How many bugs to find. */
  wanted: number;
}

/** The bugs of one problem, or why it can't have any. */
export type Bugs = (
  | { ok: true; problem: Task; bugs: Bug[]; tried: number }
  /** `tried` where candidates were run. */
  | { ok: false; reason: string; tried?: number }
) & {
  /** What became of a model's answers, where one was asked. */
  answers?: Record<string, number>;
};

interface Trial extends BugSearch {
  queue: Mutant[];
  tried: TriedBug[];
}

const unsound = async (problem: Task, reader: ProgramReader): Promise<string | undefined> => {
  if (problem.buggy !== undefined) return 'it is a repair task already: it has a buggy program';
  if (problem.reference === undefined) return 'it has no reference';
  const read = await reader.check(problem);
  return read.ok ? undefined : read.reason;
};

/** Why each problem can't be built on; undefined for those whose reference passes their own tests. */
export const refusals = async (
  problems: readonly Task[],
  { reader, verifier }: { reader: ProgramReader; verifier: Verifier },
): Promise<(string | undefined)[]> => {
  const reasons = await Promise.all(problems.map((problem) => unsound(problem, reader)));
  const sound = problems.filter((_, at) => reasons[at] === undefined);
  const verdicts = await verifyAll(
    verifier,
    sound.map((task, index) => ({ task, index, program: task.reference })),
  );
  return problems.map((problem, at) => {
    const verdict = verdicts[sound.indexOf(problem)];
    if (!verdict) return reasons[at];
    return verdict.verdict === 'pass' ? undefined : `its reference does not pass its own tests (${verdict.reason})`;
  });
};

const missing = ({ tried, wanted }: Trial): number => wanted - chooseBugs(tried, wanted).length;

/** Runs the next candidates of each problem on its visible tests and keeps the verdicts beside them. */
const tryNext = async (trials: readonly Trial[], verifier: Verifier): Promise<void> => {
  const batch = trials.flatMap((trial) =>
    trial.queue.splice(0, missing(trial) + spareCandidates).map((mutant) => ({ trial, mutant })),
  );
  const verdicts = await verifyAll(
    verifier,
    batch.map(({ trial, mutant }, index) => {
      const { hiddenTests: _, ...task } = trial.problem;
      return { task, index, program: mutant.program };
    }),
  );
  batch.forEach(({ trial, mutant }, at) => {
    trial.tried.push({ bug: mutant, verdict: verdicts[at] as Verdict });
  });
};

const startTrial = async (search: BugSearch, reader: ProgramReader, seed: string): Promise<Trial | string> => {
  const read = await reader.mutate(search.problem.reference ?? '');
  if (!read.ok) return `its reference can't be read: ${read.reason}`;
  return { ...search, queue: orderMutants(read.mutants, `${seed}/${search.problem.id}`), tried: [] };
};

/**
 * Bugs of several problems, tried together so that the sandbox has work for all its workers. What is found for one
 * depends on the seed and that problem alone: its candidates are taken in order until enough of them fail a visible test.
 */
export const findBugs = async (
  searches: readonly BugSearch[],
  { reader, verifier, seed }: { reader: ProgramReader; verifier: Verifier; seed: string },
): Promise<Bugs[]> => {
  const problems = searches.map(({ problem }) => problem);
  const reasons = await refusals(problems, { reader, verifier });
  const trials = await Promise.all(
    searches.map(async (search, at) => reasons[at] ?? (await startTrial(search, reader, seed))),
  );
  const running = trials.filter((trial) => typeof trial !== 'string');
  for (let open = running; open.length > 0; ) {
    await tryNext(open, verifier);
    open = open.filter((trial) => missing(trial) > 0 && trial.queue.length > 0);
  }
  return trials.map((trial) => {
    if (typeof trial === 'string') return { ok: false, reason: trial };
    const bugs = chooseBugs(trial.tried, trial.wanted);
    if (bugs.length > 0) return { ok: true, problem: trial.problem, bugs, tried: trial.tried.length };
    return { ok: false, reason: `none of ${trial.tried.length} candidate bugs fails a visible test` };
  });
};
