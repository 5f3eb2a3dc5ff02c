import { isRepairTask } from '../../../contract/task.js';
import type { TestOutcome, Verdict } from '../../../contract/verdict.js';
import type { Finding } from '../../../core/data/check/finding.js';
import type { SandboxVerifier } from '../../sandbox/verifier.js';
import type { ProgramReader } from '../program-reader.js';
import { verifyAll } from '../verify-all.js';
import { type Group, idsOf, nameOf } from './group.js';

export interface JudgeDeps {
  reader: ProgramReader;
  verifier: Pick<SandboxVerifier, 'verify' | 'close' | 'checkTask'>;
}

const ofGroup = (group: Group, kind: Finding['kind'], detail: string): Finding => ({
  kind,
  id: nameOf(group),
  detail,
  drops: idsOf(group),
});

/** Why a group's tests can't be judged, or judge nothing; undefined for good ones. */
const unjudgeable = async (group: Group, { reader, verifier }: JudgeDeps): Promise<string | undefined> => {
  const read = await reader.check(group.problem);
  if (!read.ok) return read.reason;
  const bad = await verifier.checkTask(group.problem);
  if (bad !== undefined) return bad;
  const { ok, ...answer } = await reader.faults(group.problem);
  return ok && 'faults' in answer ? answer.faults[0] : undefined;
};

const describe = ({ reason, tests }: Verdict): string => {
  const at = tests.findIndex(({ outcome }) => outcome !== 'ok');
  const test = tests[at];
  return test ? `${reason} at ${test.hidden ? 'hiddenTests' : 'tests'}[${test.index}]` : reason;
};

const referenceFinding = (group: Group, verdict: Verdict): Finding | undefined => {
  if (verdict.verdict === 'pass') return undefined;
  if (verdict.verdict === 'none') return ofGroup(group, 'unjudgeable', 'no verdict on its reference, three times');
  if (verdict.reason === 'flaky') return ofGroup(group, 'flips', `its reference: ${describe(verdict)}`);
  return ofGroup(group, 'reference-fails', describe(verdict));
};

/** Groups whose reference passes, and what is wrong with the others. */
export const judgeReferences = async (
  groups: readonly Group[],
  deps: JudgeDeps,
): Promise<{ sound: Group[]; findings: Finding[] }> => {
  const reasons = await Promise.all(groups.map((group) => unjudgeable(group, deps)));
  const findings = groups.flatMap((group, at) => {
    const reason = reasons[at];
    return reason === undefined ? [] : [ofGroup(group, 'unjudgeable', reason)];
  });
  const readable = groups.filter((_, at) => reasons[at] === undefined);
  const judged = readable.filter(({ problem }) => problem.reference !== undefined);
  const verdicts = await verifyAll(
    deps.verifier,
    judged.map(({ problem: { buggy: _, ...task } }, index) => ({ task, index, program: task.reference })),
  );
  const sound: Group[] = [];
  judged.forEach((group, at) => {
    const finding = referenceFinding(group, verdicts[at] as Verdict);
    if (finding) findings.push(finding);
    else sound.push(group);
  });
  for (const group of readable) {
    if (group.problem.reference === undefined) findings.push(ofGroup(group, 'reference-missing', 'no reference'));
  }
  return { sound, findings };
};

/** How a program that eats all time or memory ends depends on the machine's speed, from the test on at which it does. */
const ends: readonly TestOutcome['outcome'][] = ['timeout', 'memory', 'notRun'];

/** What a program did on each test, as far as it has to be the same on every run. */
export const outcomesOf = ({ tests }: Pick<Verdict, 'tests'>): string =>
  tests.map(({ outcome }) => (ends.includes(outcome) ? 'ended' : outcome)).join(' ');

const bugFinding = (id: string, runs: readonly Verdict[]): Finding | undefined => {
  const [first, second] = runs as [Verdict, Verdict];
  const finding = (kind: Finding['kind'], detail: string): Finding => ({ kind, id, detail, drops: [id] });
  if (first.verdict === 'none' || second.verdict === 'none')
    return finding('unjudgeable', 'no verdict on its buggy program, three times');
  if (first.reason === 'unparsable') return undefined;
  if (first.reason === 'flaky' || outcomesOf(first) !== outcomesOf(second))
    return finding('flips', `its buggy program: ${describe(first)}, then ${describe(second)}`);
  if (first.verdict === 'pass') return finding('bug-passes', 'its buggy program passes every test');
  const shown = first.tests.some(({ hidden, outcome }) => !hidden && outcome !== 'ok' && outcome !== 'notRun');
  return shown ? undefined : finding('bug-passes', 'its buggy program fails hidden tests alone');
};

/** What is wrong with buggy programs, each run twice. One that doesn't parse is a bug, too. */
export const judgeBugs = async (groups: readonly Group[], { verifier }: JudgeDeps): Promise<Finding[]> => {
  const tasks = groups.flatMap((group) => group.tasks.filter(isRepairTask));
  const candidates = tasks.map(({ buggy, ...task }, index) => ({ task, index, program: buggy }));
  const runs = [await verifyAll(verifier, candidates), await verifyAll(verifier, candidates)];
  return tasks.flatMap(({ id }, at) => {
    const finding = bugFinding(
      id,
      runs.map((run) => run[at] as Verdict),
    );
    return finding ? [finding] : [];
  });
};
