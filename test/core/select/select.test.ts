import {
  isVacuous,
  type Selection,
  type SelectionCandidate,
  type SelectionRules,
  selector,
} from '../../../core/select/select.js';

const candidate = (index: number, overrides: Partial<SelectionCandidate> = {}): SelectionCandidate => ({
  taskId: 't',
  index,
  verdict: 'pass',
  reason: 'ok',
  rationale: 'The loop stops one element early.',
  normalised: `fix-${index}`,
  buggyNormalised: 'bug',
  ...overrides,
});
const selectSamples = (
  all: readonly SelectionCandidate[],
  by: SelectionRules,
  seed: string,
): Selection<SelectionCandidate> => {
  const chosen = selector(by, seed);
  for (const one of all) chosen.offer(one);
  return chosen.result();
};
const rules = { perTask: 2, minRationaleWords: 4, keep: 'passing' as const };

describe('selector', () => {
  it.each([
    ['a failing sample', { verdict: 'fail' as const }, 'verdict'],
    ['a sample without verdict', { verdict: 'none' as const }, 'verdict'],
    ['one whose program does not parse', { normalised: null }, 'noProgram'],
    ['the bug returned unchanged', { normalised: 'bug' }, 'unchanged'],
    ['an empty rationale', { rationale: ' ' }, 'emptyRationale'],
    ['a rationale of too few words', { rationale: 'Off by one.' }, 'vacuousRationale'],
    ['a rationale that fits every bug', { rationale: 'The code is wrong and this is the fix.' }, 'vacuousRationale'],
  ])('leaves out %s', (_, overrides, reason) => {
    expect(selectSamples([candidate(0, overrides)], rules, '1')).toEqual({ kept: [], leftOut: { [reason]: 1 } });
  });

  it('keeps one sample for each distinct fix, at most perTask a task', () => {
    const all = [
      candidate(0),
      candidate(1, { normalised: 'fix-0' }),
      candidate(2),
      candidate(3),
      candidate(4, { taskId: 'u' }),
    ];
    const { kept, leftOut } = selectSamples(all, rules, '1');
    expect(kept.map(({ taskId, index }) => `${taskId}${index}`)).toEqual(['t0', 't2', 'u4']);
    expect(leftOut).toEqual({ duplicate: 1, perTask: 1 });
  });

  it('keeps failing samples for a control arm, cut to the size of the other arm by seed', () => {
    const all = Array.from({ length: 10 }, (_, at) => candidate(at, { verdict: 'fail', taskId: `t${at}` }));
    const control = { ...rules, keep: 'failing' as const, limit: 3 };
    const { kept, leftOut } = selectSamples(all, control, '7');
    expect(kept).toHaveLength(3);
    expect(leftOut).toEqual({ limit: 7 });
    expect(selectSamples(all, control, '7').kept).toEqual(kept);
    expect(selectSamples(all, control, '8').kept).not.toEqual(kept);
  });
});

describe('faithfulness as a rule', () => {
  const all = (['supported', 'contradicted', 'unchecked'] as const).map((faithfulness, at) =>
    candidate(at, { faithfulness, taskId: faithfulness }),
  );
  const keptBy = (faithfulness: 'any' | 'notContradicted' | 'supported') => {
    const { kept, leftOut } = selectSamples(all, { ...rules, faithfulness }, '1');
    return [kept.map(({ taskId }) => taskId), leftOut];
  };

  it('keeps all by default, drops contradicted rationales, or keeps only supported ones', () => {
    expect(keptBy('any')).toEqual([['supported', 'contradicted', 'unchecked'], {}]);
    expect(keptBy('notContradicted')).toEqual([['supported', 'unchecked'], { contradictedRationale: 1 }]);
    expect(keptBy('supported')).toEqual([['supported'], { contradictedRationale: 1, unsupportedRationale: 1 }]);
  });

  it('asks nothing of a rationale that is not trained on', () => {
    const { kept } = selectSamples([candidate(0, { rationale: '' })], { ...rules, withRationale: false }, '1');
    expect(kept).toHaveLength(1);
  });
});

describe('isVacuous', () => {
  it('asks for words of the problem at hand', () => {
    expect(isVacuous('The function is wrong, so fix the bug here.')).toBe(true);
    expect(isVacuous('range stops at n instead of n + 1')).toBe(false);
  });
});
