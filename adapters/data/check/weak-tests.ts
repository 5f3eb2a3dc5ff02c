import { type Mutant, orderMutants } from '../../../core/data/bugs.js';
import type { Finding } from '../../../core/data/check/finding.js';
import { type Answer, sameAnswer } from '../../../core/data/hidden-tests.js';
import { type ReferenceRunner, withSetup } from '../reference-runner.js';
import { verifyAll } from '../verify-all.js';
import { type Group, idsOf, nameOf } from './group.js';
import type { JudgeDeps } from './judge.js';

export interface WeakTestsDeps extends JudgeDeps {
  run: ReferenceRunner;
  seed: string;
}

/** Mutants of a reference that are tried against its tests, one of each operator first. */
const mutantsTried = 12;
const mutantLimits = { callMs: 100, cpuMs: 400 };
const hashSeeds = ['0', '7'] as const;

interface Probe {
  group: Group;
  /** What the tests compute, then new calls near them. */
  calls: string[];
  tested: number;
  runs: Answer[][];
}

/** Calls of the group's tests and new ones, with what the reference answers, in two runs. */
const probesOf = async (groups: readonly Group[], { reader, run, seed }: WeakTestsDeps): Promise<Probe[]> => {
  const read = await Promise.all(
    groups.map(({ problem }) =>
      reader.inputs({ ...problem, tests: [...problem.tests, ...(problem.hiddenTests ?? [])] }, `${seed}/check`),
    ),
  );
  const probes = groups.flatMap((group, at): Omit<Probe, 'runs'>[] => {
    const answer = read[at];
    if (!answer?.ok || answer.calls.length === 0) return [];
    return [{ group, calls: [...answer.shown, ...answer.calls], tested: answer.shown.length }];
  });
  const jobs = probes.map(({ group: { problem }, calls }) => ({
    program: withSetup(problem.reference ?? '', problem),
    calls,
  }));
  const runs = await Promise.all(hashSeeds.map((hashSeed) => run(jobs, hashSeed)));
  return probes.map((probe, at) => ({ ...probe, runs: runs.map((answers) => answers[at] ?? []) }));
};

interface Survivor {
  probe: Probe;
  mutant: Mutant;
  witness: string;
}

const inWords = (answer: Answer | undefined): string => {
  if (answer === null || answer === undefined) return 'nothing';
  const text = typeof answer === 'string' ? answer : answer.near;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** The first new call to which a mutant answers otherwise; undefined for one that fails a test or can't be told. */
const witnessOf = ({ calls, tested, runs }: Probe, answers: readonly Answer[]): string | undefined => {
  const [reference = [], again = []] = runs;
  const at = calls.findIndex(
    (_, place) =>
      place >= tested &&
      place < answers.length &&
      reference[place] !== null &&
      answers[place] !== null &&
      sameAnswer(reference[place], again[place]) &&
      !sameAnswer(answers[place], reference[place]),
  );
  return at === -1 ? undefined : `${calls[at]} gives ${inWords(answers[at])} for ${inWords(reference[at])}`;
};

/** Mutants that the tests' calls don't tell from the reference, though another call does. */
const survivorsOf = async (probes: readonly Probe[], { reader, run, seed }: WeakTestsDeps): Promise<Survivor[]> => {
  const tried = await Promise.all(
    probes.map(async (probe) => {
      const read = await reader.mutate(probe.group.problem.reference ?? '');
      const ordered = read.ok ? orderMutants(read.mutants, `${seed}/check/${probe.group.problem.problemId}`) : [];
      return ordered.slice(0, mutantsTried).map((mutant) => ({ probe, mutant }));
    }),
  );
  const candidates = tried.flat();
  const answers = await run(
    candidates.map(({ probe: { group, calls, tested, runs }, mutant }) => ({
      program: withSetup(mutant.program, group.problem),
      calls,
      wanted: (runs[0] ?? []).slice(0, tested),
      ...mutantLimits,
    })),
    hashSeeds[0],
  );
  return candidates.flatMap((candidate, at) => {
    const witness = witnessOf(candidate.probe, answers[at] ?? []);
    return witness === undefined ? [] : [{ ...candidate, witness }];
  });
};

/**
 * Problems that a small bug in their reference passes: every test holds, and yet a call near the tests' own gets another
 * answer. A mutant that no call tells apart may be no bug at all, and is not held against the tests.
 */
export const weakTests = async (groups: readonly Group[], deps: WeakTestsDeps): Promise<Finding[]> => {
  const survivors = await survivorsOf(await probesOf(groups, deps), deps);
  const verdicts = await verifyAll(
    deps.verifier,
    survivors.map(({ probe, mutant }, index) => {
      const { buggy: _, ...task } = probe.group.problem;
      return { task, index, program: mutant.program };
    }),
  );
  const found = new Map<Group, Survivor[]>();
  survivors.forEach((survivor, at) => {
    const { group } = survivor.probe;
    if (verdicts[at]?.verdict === 'pass') found.set(group, [...(found.get(group) ?? []), survivor]);
  });
  return [...found].map(([group, [first, ...more]]) => ({
    kind: 'weak-tests',
    id: nameOf(group),
    detail: `${first?.mutant.operator} in line ${first?.mutant.line} passes: ${first?.witness}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
    drops: idsOf(group),
  }));
};
