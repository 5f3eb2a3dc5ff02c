import { outcomesOf } from '../../../../adapters/data/check/judge.js';
import type { TestOutcome } from '../../../../contract/verdict.js';

const verdict = (...outcomes: TestOutcome['outcome'][]) => ({
  tests: outcomes.map((outcome, index) => ({ index, hidden: false, outcome })),
});

describe('what a program has to do alike on every run', () => {
  it('is not which limit it met', () => {
    expect(outcomesOf(verdict('memory', 'timeout'))).toBe(outcomesOf(verdict('memory', 'memory')));
    expect(outcomesOf(verdict('memory', 'notRun'))).toBe(outcomesOf(verdict('timeout', 'notRun')));
  });

  it('is what it answered', () => {
    expect(outcomesOf(verdict('ok', 'assertion'))).not.toBe(outcomesOf(verdict('ok', 'exception')));
    expect(outcomesOf(verdict('ok', 'timeout'))).not.toBe(outcomesOf(verdict('ok', 'ok')));
  });
});
