import type { Verifier } from '../../activities/ports.js';
import type { Task } from '../../contract/task.js';
import { hiddenTestsFrom } from '../../core/data/hidden-tests.js';
import type { ProgramReader } from './program-reader.js';
import type { ReferenceRunner } from './reference-runner.js';
import { verifyAll } from './verify-all.js';

type Sound = Task & { reference: string };

/** Two runs with different hashing of strings: an answer that depends on a set's order differs between them. */
const hashSeeds = ['0', '7'];

/** Only what the tests' own form allows: setup would have to run before each call. */
const lacksHiddenTests = (problem: Task): problem is Sound =>
  !problem.hiddenTests?.length && !problem.setup && problem.reference !== undefined && problem.buggy === undefined;

/** Hidden tests of each problem from what its reference answers; empty where none can be made. */
const testsFromAnswers = async (
  problems: readonly Sound[],
  { reader, run, seed }: { reader: ProgramReader; run: ReferenceRunner; seed: string },
): Promise<string[][]> => {
  const inputs = await Promise.all(problems.map((problem) => reader.inputs(problem, `${seed}/${problem.id}`)));
  const jobs = problems.map(({ reference, entryPoint }, at) => {
    const read = inputs[at];
    return { program: reference, entryPoint, calls: read?.ok ? read.calls : [] };
  });
  const runs = await Promise.all(hashSeeds.map((hashSeed) => run(jobs, hashSeed)));
  return jobs.map(({ entryPoint, calls }, at) =>
    hiddenTestsFrom(
      entryPoint,
      calls,
      runs.map((answers) => answers[at] ?? []),
    ),
  );
};

/** Only the tests that the reference passes under the verifier too, run twice there and in its own interpreter set-up. */
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

/**
 * Gives problems without hidden tests some, from what their reference answers on inputs near the visible ones. Marked
 * `hiddenTestsFrom: "reference"`. Problems where that is impossible, or that have their own, stay as they are.
 */
export const deriveHiddenTests = async (
  problems: readonly Task[],
  { verifier, ...deps }: { reader: ProgramReader; verifier: Verifier; run: ReferenceRunner; seed: string },
): Promise<Task[]> => {
  const open = problems.filter(lacksHiddenTests);
  const tests = await testsFromAnswers(open, deps);
  const derived = open.flatMap((problem, at) => {
    const hiddenTests = tests[at] ?? [];
    return hiddenTests.length > 0 ? [{ ...problem, hiddenTests, hiddenTestsFrom: 'reference' }] : [];
  });
  const kept = (await confirmed(derived, verifier)).filter((problem) => problem.hiddenTests?.length);
  const byId = new Map(kept.map((problem) => [problem.id, problem]));
  return problems.map((problem) => byId.get(problem.id) ?? problem);
};
