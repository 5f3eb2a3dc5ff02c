import {
  cpuLimitFor,
  type EvalPlusRow,
  evalPlusProblem,
  evalPlusSetup,
  evalPlusTests,
} from '../../../core/data/evalplus.js';

const aRow = (over: Partial<EvalPlusRow> = {}): EvalPlusRow => ({
  taskId: 'Mbpp/601',
  entryPoint: 'f',
  intent: 'f',
  program: 'def f(x):\n    return x\n',
  checked: '',
  form: 'equal',
  atol: 0,
  shown: [{ arguments: '1', alternative: null }],
  hidden: [],
  ...over,
});
const testOf = (over: Partial<EvalPlusRow>, answer: object, alternative: string | null = null): string | undefined =>
  evalPlusTests(aRow(over), [{ arguments: '1', alternative }], [answer as never]).tests[0];

describe('tests from inputs and the answers of a reference', () => {
  it.each([
    ['an exact answer', {}, { text: '[2]', floats: false }, null, 'assert f(1) == [2]'],
    ['floats get a tolerance', {}, { text: '2.5', floats: true }, null, 'assert near(f(1), 2.5, 0.000001)'],
    ["the task's own tolerance", { atol: 0.01 }, { text: '2', floats: false }, null, 'assert near(f(1), 2, 0.01)'],
    ['another right answer', {}, { text: '7', floats: false }, '0', 'assert f(1) in (7, 0)'],
    ['the same answer twice is one', {}, { text: '7', floats: false }, '7', 'assert f(1) == 7'],
    ['lists as sets', { form: 'set' }, { text: '[2]', floats: false }, null, 'assert set(f(1)) == set([2])'],
    [
      'a root',
      { form: 'root', atol: 0.0001 },
      { text: '2.0', floats: true },
      null,
      'assert abs(polynomial(1, f(1))) <= 0.0001',
    ],
  ] as const)('%s', (_title, over, answer, alternative, test) => {
    expect(testOf(over, answer, alternative)).toBe(test);
  });

  it('of an answer that is no data only its presence is asked', () => {
    expect(testOf({ form: 'present' }, { foreign: 'Match' })).toContain('== True');
    expect(testOf({ form: 'present' }, { text: 'None', floats: false })).toContain('== False');
    expect(testOf({ form: 'present' }, { text: 'False', floats: false })).toContain('== False');
  });

  it('an input without an answer is left out and counted', () => {
    const calls = [
      { arguments: '1', alternative: null },
      { arguments: '2', alternative: null },
    ];
    const made = evalPlusTests(aRow(), calls, [{ lost: 'raised AssertionError' }, { text: '2', floats: false }]);
    expect(made).toEqual({ tests: ['assert f(2) == 2'], leftOut: 1 });
  });
});

describe('a problem', () => {
  it('has the setup that its tests call, the split and the problem id of the set it was made from', () => {
    const problem = evalPlusProblem('mbpp', aRow(), { tests: ['assert near(f(1), 1.5, 0.01)'], leftOut: 0 });
    expect(problem).toMatchObject({
      id: 'Mbpp/601',
      problemId: 'mbpp/601',
      split: 'train',
      setup: expect.stringContaining('def near'),
    });
    expect(evalPlusSetup(aRow(), ['assert f(1) == 1'])).toBeUndefined();
  });

  it('has a CPU limit of its own where its reference needs more than a quarter of the default', () => {
    expect(cpuLimitFor(250, 1000)).toBeUndefined();
    expect(cpuLimitFor(251, 1000)).toBe(1500);
    expect(cpuLimitFor(19_000, 1000)).toBe(76_000);
  });
});
