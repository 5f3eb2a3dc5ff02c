import type { Verifier } from '../../activities/ports.js';
import type { Task } from '../../contract/task.js';
import { orderMutants } from '../../core/data/bugs.js';
import { type Answer, type AnsweredCalls, hiddenTestsFrom, hiddenTestsWanted } from '../../core/data/hidden-tests.js';
import type { ProgramReader } from './program-reader.js';
import { type ReferenceJob, type ReferenceRunner, withSetup } from './reference-runner.js';
import { verifyAll } from './verify-all.js';

type Sound = Task & { reference: string };

/** Two runs with different hashing of strings: an answer that depends on a set's order differs between them. */
const hashSeeds = ['0', '7'] as const;

/** Problems with fewer hidden tests of their own get more. */
const ownTestsEnough = 4;

/** Mutants that the choice of tests looks at. One that hangs costs its whole time, so they get little. */
const mutantsTried = 16;
const mutantLimits = { callMs: 100, cpuMs: 400 };

const lacksHiddenTests = (problem: Task): problem is Sound =>
  (problem.hiddenTests?.length ?? 0) < ownTestsEnough && problem.reference !== undefined && problem.buggy === undefined;

export interface DeriveDeps {
  reader: ProgramReader;
  verifier: Verifier;
  run: ReferenceRunner;
  seed: string;
}

type Calls = { shown: string[]; calls: string[] };

const callsOf = async (problem: Sound, { reader, seed }: DeriveDeps): Promise<Calls> => {
  const read = await reader.inputs(problem, `${seed}/${problem.id}`);
  return read.ok ? read : { shown: [], calls: [] };
};

/** Mutants asked the same as their reference, as long as they answer as it does to what the visible tests show. */
const mutantJobs = async (
  problem: Sound,
  { shown, calls }: Calls,
  wanted: readonly Answer[],
  { reader, seed }: DeriveDeps,
): Promise<ReferenceJob[]> => {
  if (calls.length === 0) return [];
  const read = await reader.mutate(problem.reference);
  const mutants = read.ok ? orderMutants(read.mutants, `${seed}/${problem.id}/tests`).slice(0, mutantsTried) : [];
  const asked = { calls: [...shown, ...calls], wanted: wanted.slice(0, shown.length), ...mutantLimits };
  return mutants.map(({ program }) => ({ program: withSetup(program, problem), ...asked }));
};

/** What references, and small edits of them, answer to calls near those of the visible tests. */
const answersOf = async (problems: readonly Sound[], deps: DeriveDeps): Promise<AnsweredCalls[]> => {
  const asked = await Promise.all(problems.map((problem) => callsOf(problem, deps)));
  const references = problems.map((problem, at) => ({
    program: withSetup(problem.reference, problem),
    calls: [...(asked[at]?.shown ?? []), ...(asked[at]?.calls ?? [])],
  }));
  const runs = await Promise.all(hashSeeds.map((hashSeed) => deps.run(references, hashSeed)));
  const jobs = await Promise.all(
    problems.map((problem, at) => mutantJobs(problem, asked[at] as Calls, runs[0]?.[at] ?? [], deps)),
  );
  const mutants = await deps.run(jobs.flat(), hashSeeds[0]);
  let next = 0;
  return problems.map((_, at) => {
    const from = next;
    next += jobs[at]?.length ?? 0;
    return { ...(asked[at] as Calls), runs: runs.map((run) => run[at] ?? []), mutants: mutants.slice(from, next) };
  });
};

/** Only the hidden tests that the reference passes under the verifier too, run twice there and in its own set-up. */
const confirmed = async (problems: readonly Task[], verifier: Verifier): Promise<Task[]> => {
  const verdicts = await verifyAll(
    verifier,
    problems.map((task, index) => ({ task, index, program: task.reference })),
  );
  return problems.map((problem, at) => {
    const passed = new Set(
      verdicts[at]?.tests.flatMap((test) => (test.hidden && test.outcome === 'ok' ? [test.index] : [])),
    );
    return { ...problem, hiddenTests: problem.hiddenTests?.filter((_, index) => passed.has(index)) };
  });
};

/** With what a problem has of its own; those come first, and a test that stands there is not made again. */
const withTests = (problem: Sound, answered: AnsweredCalls): Task => {
  const own = problem.hiddenTests ?? [];
  const known = new Set([...own, ...problem.tests]);
  const made = hiddenTestsFrom(answered, hiddenTestsWanted).filter((test) => !known.has(test));
  const hiddenTests = [...own, ...made.slice(0, hiddenTestsWanted - own.length)];
  return { ...problem, hiddenTests, hiddenTestsFrom: own.length > 0 ? 'data set and reference' : 'reference' };
};

/**
 * Gives problems without hidden tests, or with few, more of them: what their reference answers on inputs near the visible
 * ones, chosen to tell small bugs apart. Marked by `hiddenTestsFrom`. Problems where that is impossible stay as they are.
 */
export const deriveHiddenTests = async (problems: readonly Task[], deps: DeriveDeps): Promise<Task[]> => {
  const open = problems.filter(lacksHiddenTests);
  const answered = await answersOf(open, deps);
  const derived = open.flatMap((problem, at) => {
    const task = withTests(problem, answered[at] as AnsweredCalls);
    return (task.hiddenTests?.length ?? 0) > (problem.hiddenTests?.length ?? 0) ? [task] : [];
  });
  const kept = (await confirmed(derived, deps.verifier)).filter((problem) => problem.hiddenTests?.length);
  const byId = new Map(kept.map((problem) => [problem.id, problem]));
  return problems.map((problem) => byId.get(problem.id) ?? problem);
};
