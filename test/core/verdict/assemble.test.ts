import type { Task } from '../../../contract/task.js';
import { verdictSchema } from '../../../contract/verdict.js';
import { assembleVerdict, brokeItsJail, type Judgement, noVerdict } from '../../../core/verdict/assemble.js';

const task: Task = {
  id: 'a',
  intent: 'a',
  entryPoint: 'f',
  tests: ['assert f(1) == 1', 'assert f(2) == 2'],
  hiddenTests: ['assert f(3) == 3'],
  problemId: 'p',
  source: { dataset: 'd', license: 'l' },
};
const circumstances = { durationMs: 1.5, isolation: 'nsjail/userns python3.11.2' };

describe('a verdict row', () => {
  it('counts outcomes within the visible tests, then within the hidden ones', () => {
    const judgement: Judgement = { verdict: 'fail', reason: 'assertion', outcomes: ['ok', 'assertion', 'ok'] };
    expect(assembleVerdict({ task, index: 3 }, judgement, circumstances).tests).toEqual([
      { index: 0, hidden: false, outcome: 'ok' },
      { index: 1, hidden: false, outcome: 'assertion' },
      { index: 0, hidden: true, outcome: 'ok' },
    ]);
  });

  it.each([
    ['none', noVerdict, []],
    ['a broken jail', brokeItsJail(task), ['protocol', 'notRun', 'notRun']],
  ])('of %s follows the schema', (_title, judgement, outcomes) => {
    const verdict = assembleVerdict({ task, index: 0 }, judgement, circumstances);
    expect(verdictSchema.parse(verdict)).toEqual(verdict);
    expect(verdict.tests.map(({ outcome }) => outcome)).toEqual(outcomes);
  });
});
