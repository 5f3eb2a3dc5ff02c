import type { Verifier, Work } from '../../activities/ports.js';
import type { Task } from '../../contract/task.js';
import { chooseBugs, type TriedBug, type WrongSolution } from '../../core/data/bugs.js';
import { countBy } from '../../core/data/count.js';
import { type AnswerFate, type BehavingSolution, distinctBehaviours } from '../../core/data/wrong-solutions.js';
import { parseCompletion } from '../../core/prompt/parse.js';
import { type BugSearch, type Bugs, refusals } from './find-bugs.js';
import type { ProgramReader } from './program-reader.js';
import { type ReferenceRunner, withSetup } from './reference-runner.js';
import { verifyAll } from './verify-all.js';

/** Asks a model for solutions. */
export interface Solver {
  model: string;
  /** Answers to one problem, in order, as they came. */
  solve(problem: Task, work: Pick<Work, 'signal'>): Promise<string[]>;
}

export interface SampleDeps {
  reader: ProgramReader;
  verifier: Verifier;
  run: ReferenceRunner;
  solver: Solver;
  seed: string;
}

/** Hidden tests whose calls behaviours are compared by, beside the visible ones: a set may have thousands. */
const hiddenTestsLookedAt = 16;
/** A wrong solution may hang in each call; CPU time. */
const limits = { callMs: 200, cpuMs: 3000 };
const hashSeed = '0';

type Solution = Pick<WrongSolution, 'program' | 'sampled'>;

interface Attempt extends BugSearch {
  /** What became of answers that were no candidates. */
  fates: AnswerFate[];
  candidates: Solution[];
}

/** Distinct programs among a problem's answers; its reference's copies are right without a run. */
const candidatesOf = async (
  search: BugSearch,
  texts: readonly string[],
  { reader, solver }: SampleDeps,
): Promise<Attempt> => {
  const { problem } = search;
  const attempt: Attempt = { ...search, fates: [], candidates: [] };
  const reference = await reader.solution(problem.reference ?? '', problem.entryPoint);
  const seen = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const parsed = parseCompletion(text);
    const read = parsed.ok ? await reader.solution(parsed.program, problem.entryPoint) : undefined;
    if (!read) attempt.fates.push('without a program');
    else if (!read.ok) attempt.fates.push('not the wanted function');
    else if (reference.ok && read.form === reference.form) attempt.fates.push('right on the visible tests');
    else if (seen.has(read.form)) attempt.fates.push('a copy of an earlier one');
    else attempt.candidates.push({ program: read.program, sampled: { model: solver.model, index, alike: 0 } });
    if (read?.ok) seen.add(read.form);
  }
  return attempt;
};

type Tried = TriedBug<WrongSolution> & { attempt: Attempt };

/** Every candidate's verdict on the visible tests of its problem, all problems' in one go. */
const judge = async (attempts: readonly Attempt[], verifier: Verifier): Promise<Tried[]> => {
  const all = attempts.flatMap((attempt) => attempt.candidates.map((bug) => ({ attempt, bug })));
  const verdicts = await verifyAll(
    verifier,
    all.map(({ attempt, bug }, index) => {
      const { hiddenTests: _, ...task } = attempt.problem;
      return { task, index, program: bug.program };
    }),
  );
  return all.flatMap((each, at) => {
    const verdict = verdicts[at];
    return verdict ? [{ ...each, verdict }] : [];
  });
};

const callsOf = async (problem: Task, { reader, seed }: SampleDeps): Promise<string[]> => {
  const tests = [...problem.tests, ...(problem.hiddenTests ?? []).slice(0, hiddenTestsLookedAt)];
  const read = await reader.inputs({ ...problem, tests }, `${seed}/${problem.id}`);
  return read.ok ? [...read.shown, ...read.calls] : [];
};

/** What each wrong program answers to the calls of its problem's tests and near them. */
const withAnswers = async (wrong: readonly Tried[], deps: SampleDeps): Promise<(Tried & BehavingSolution)[]> => {
  const attempts = [...new Set(wrong.map(({ attempt }) => attempt))];
  const read = await Promise.all(attempts.map(({ problem }) => callsOf(problem, deps)));
  const calls = new Map(attempts.map((attempt, at) => [attempt, read[at] ?? []]));
  const jobs = wrong.map(({ attempt, bug }) => ({
    program: withSetup(bug.program, attempt.problem),
    calls: calls.get(attempt) ?? [],
    ...limits,
  }));
  const answers = await deps.run(jobs, hashSeed);
  return wrong.map((each, at) => ({ ...each, answers: answers[at] ?? [] }));
};

const fateOf = ({ verdict }: Tried): AnswerFate | undefined => {
  if (verdict.verdict === 'pass') return 'right on the visible tests';
  return verdict.verdict === 'none' || verdict.reason === 'flaky' ? 'no verdict' : undefined;
};

const bugsOf = (
  attempt: Attempt,
  tried: readonly Tried[],
  behaving: readonly BehavingSolution[],
  seed: string,
): Bugs => {
  const { problem, wanted, fates } = attempt;
  const distinct = distinctBehaviours(behaving, `${seed}/${problem.id}`);
  const bugs = chooseBugs(distinct, wanted);
  const times = (fate: AnswerFate, count: number): AnswerFate[] => Array.from({ length: count }, () => fate);
  const answers = countBy(
    [
      ...fates,
      ...tried.flatMap((each) => fateOf(each) ?? []),
      ...times('behaves like another', behaving.length - distinct.length),
      ...times('slow, or more than wanted', distinct.length - bugs.length),
      ...times('kept', bugs.length),
    ],
    (fate) => fate,
  );
  if (bugs.length > 0) return { ok: true, problem, bugs, tried: tried.length, answers };
  const reason = `none of ${fates.length + tried.length} answers is a wrong solution that fails a visible test`;
  return { ok: false, reason, tried: tried.length, answers };
};

/**
 * Wrong solutions that a model wrote of several problems, one of each behaviour. Each fails a visible test in the sandbox.
 * What is found for one problem depends on seed, model and that problem alone.
 */
export const sampleBugs = async (
  searches: readonly BugSearch[],
  deps: SampleDeps,
  work: Pick<Work, 'signal'>,
): Promise<Bugs[]> => {
  const { reader, verifier, solver, seed } = deps;
  const reasons = await refusals(
    searches.map(({ problem }) => problem),
    { reader, verifier },
  );
  // All settle: an answer under way is paid for, and recorded, before a failure is told.
  const asked = await Promise.allSettled(
    searches.map(({ problem }, at) => (reasons[at] === undefined ? solver.solve(problem, work) : [])),
  );
  // Before any program is read: what is begun for one problem would go on after another's failure was told.
  const texts = asked.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
  const attempts = await Promise.all(searches.map((search, at) => candidatesOf(search, texts[at] ?? [], deps)));
  const tried = await judge(attempts, verifier);
  const behaving = await withAnswers(
    tried.filter((each) => fateOf(each) === undefined),
    deps,
  );
  const of = <Each extends Tried>(all: readonly Each[], attempt: Attempt): Each[] =>
    all.filter((each) => each.attempt === attempt);
  return attempts.map((attempt, at) => {
    const reason = reasons[at];
    if (reason !== undefined) return { ok: false, reason };
    return bugsOf(attempt, of(tried, attempt), of(behaving, attempt), seed);
  });
};
