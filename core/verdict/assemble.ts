import type { Task } from '../../contract/task.js';
import type { Reason, TestOutcome, Verdict } from '../../contract/verdict.js';

/** What the judge says of one candidate: outcomes are of the visible tests, then of the hidden ones. */
export interface Judgement {
  verdict: Verdict['verdict'];
  reason: Reason;
  outcomes: readonly TestOutcome['outcome'][];
}

/** No verdict: something of ours failed, and nothing is said of the candidate. */
export const noVerdict: Judgement = { verdict: 'none', reason: 'infrastructure', outcomes: [] };

/** A candidate that ends its jail, alone and again, where a control program does not. */
export const brokeItsJail = (task: Task): Judgement => {
  const tests = task.tests.length + (task.hiddenTests?.length ?? 0);
  const outcomes = Array.from({ length: tests }, (_, index): TestOutcome['outcome'] => (index ? 'notRun' : 'protocol'));
  return { verdict: 'fail', reason: 'protocol', outcomes };
};

const testOutcomes = (task: Task, outcomes: Judgement['outcomes']): TestOutcome[] =>
  outcomes.map((outcome, at) => {
    const hidden = at >= task.tests.length;
    return { index: hidden ? at - task.tests.length : at, hidden, outcome };
  });

/** The verdict row, its keys in the order the file format fixes. */
export const assembleVerdict = (
  of: { task: Task; index: number },
  judgement: Judgement,
  circumstances: { durationMs: number; isolation: string },
): Verdict => ({
  taskId: of.task.id,
  index: of.index,
  verdict: judgement.verdict,
  reason: judgement.reason,
  tests: testOutcomes(of.task, judgement.outcomes),
  durationMs: circumstances.durationMs,
  isolation: circumstances.isolation,
});
