import type { VerdictRow } from '../../../contract/rows.js';
import { visibleVerdict } from '../../../core/evaluation/visible.js';

const row = (
  outcomes: ['visible' | 'hidden', 'ok' | 'assertion' | 'notRun'][],
  overrides: Partial<VerdictRow> = {},
): VerdictRow => ({
  taskId: 't',
  index: 0,
  verdict: 'fail',
  reason: 'assertion',
  tests: outcomes.map(([which, outcome], index) => ({ index, hidden: which === 'hidden', outcome })),
  isolation: 'fake',
  ...overrides,
});

describe('visibleVerdict', () => {
  it('passes what fails hidden tests alone', () => {
    expect(
      visibleVerdict(
        row([
          ['visible', 'ok'],
          ['hidden', 'assertion'],
        ]),
      ).verdict,
    ).toBe('pass');
  });

  it('fails what fails, or never ran, a visible test', () => {
    expect(
      visibleVerdict(
        row([
          ['visible', 'assertion'],
          ['hidden', 'ok'],
        ]),
      ).verdict,
    ).toBe('fail');
    expect(visibleVerdict(row([['visible', 'notRun']])).verdict).toBe('fail');
  });

  it('leaves alone what was judged without tests, and what has no verdict', () => {
    expect(visibleVerdict(row([], { reason: 'unchanged' })).verdict).toBe('fail');
    expect(visibleVerdict(row([['visible', 'ok']], { verdict: 'none', reason: 'infrastructure' })).verdict).toBe(
      'none',
    );
  });
});
