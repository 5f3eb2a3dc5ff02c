import { type Answer, hiddenTestsFrom, hiddenTestsWanted, sameAnswer } from '../../../core/data/hidden-tests.js';

const from = (calls: string[], runs: Answer[][], mutants: Answer[][] = [], shown: string[] = []): string[] =>
  hiddenTestsFrom({ shown, calls, runs, mutants });

test('a call with an answer of its own comes before a second with the same', () => {
  const answers = ['1', '1', '2', null];
  expect(from(['f(a)', 'f(b)', 'f(c)', 'f(d)'], [answers, answers])).toEqual([
    'assert f(a) == 1',
    'assert f(c) == 2',
    'assert f(b) == 1',
  ]);
});

test('an answer that differs between runs, or is missing in one, makes no test', () => {
  const runs = [
    ['1', '2', '3'],
    ['1', '9', null],
  ];
  expect(from(['f(a)', 'f(b)', 'f(c)'], runs)).toEqual(['assert f(a) == 1']);
});

test('the number of tests is bounded', () => {
  const calls = Array.from({ length: 30 }, (_, at) => `${at}`);
  expect(from(calls, [calls, calls])).toHaveLength(hiddenTestsWanted);
});

test('calls that tell a mutant from the reference come first, the fewest that tell all', () => {
  const answers = ['0', '1', '2', '3'];
  const mutants: Answer[][] = [
    ['0', '1', '2', '9'],
    ['0', '1', '8', '9'],
    ['0', '7', '2', '3'],
  ];
  const tests = from(['f(a)', 'f(b)', 'f(c)', 'f(d)'], [answers, answers], mutants);
  expect(tests.slice(0, 2)).toEqual(['assert f(d) == 3', 'assert f(b) == 1']);
});

test('a mutant that a visible test tells already asks for no hidden one', () => {
  const answers = ['s', '0', '1'];
  const tests = from(['f(a)', 'f(b)'], [answers, answers], [['other', '0', '9']], ['f(s)']);
  expect(tests).toEqual(['assert f(a) == 0', 'assert f(b) == 1']);
});

test('a mutant out of time is told by nothing that it was not asked', () => {
  const answers = ['0', '1'];
  expect(from(['f(a)', 'f(b)'], [answers, answers], [['0']])).toEqual(['assert f(a) == 0', 'assert f(b) == 1']);
});

test('a float without a short form only has to be near, in the test and between runs', () => {
  const runs: Answer[][] = [[{ near: '4188.790204786391' }], [{ near: '4188.790204786392' }]];
  expect(from(['f(a)'], runs)).toEqual(['assert abs(f(a) - 4188.790204786391) <= 0.004']);
  expect(from(['f(a)'], [[{ near: '-0.5000001' }]])).toEqual(['assert abs(f(a) - (-0.5000001)) <= 0.000001']);
  expect(sameAnswer({ near: '1' }, { near: '1.1' })).toBe(false);
  expect(sameAnswer('1', { near: '1' })).toBe(false);
});
