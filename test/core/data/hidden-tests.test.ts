import { hiddenTestsFrom, hiddenTestsWanted } from '../../../core/data/hidden-tests.js';

test('a call with an answer of its own comes before a second with the same', () => {
  const answers = ['1', '1', '2', null];
  expect(hiddenTestsFrom('f', ['a', 'b', 'c', 'd'], [answers, answers])).toEqual([
    'assert f(a) == 1',
    'assert f(c) == 2',
    'assert f(b) == 1',
  ]);
});

test('an answer that differs between runs, or is missing in one, makes no test', () => {
  expect(
    hiddenTestsFrom(
      'f',
      ['a', 'b', 'c'],
      [
        ['1', '2', '3'],
        ['1', '9', null],
      ],
    ),
  ).toEqual(['assert f(a) == 1']);
});

test('the number of tests is bounded', () => {
  const calls = Array.from({ length: 30 }, (_, at) => `${at}`);
  expect(hiddenTestsFrom('f', calls, [calls, calls])).toHaveLength(hiddenTestsWanted);
});
