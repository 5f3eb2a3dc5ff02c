import type { SplitName, Task } from '../../../../contract/task.js';
import {
  compareProblems,
  duplicateFindings,
  type ProfiledProblem,
  splitConflictFindings,
} from '../../../../core/data/check/compare.js';
import { dropsOf, faultyCounts, sortedFindings } from '../../../../core/data/check/finding.js';
import { profileOf } from '../../../../core/data/check/profile.js';

const story = (seed: string): string => Array.from({ length: 30 }, (_, at) => `${seed}${at}`).join(' ');
const problem = (
  problemId: string,
  split: SplitName | undefined,
  code: string,
  shapes: string[] = [],
): ProfiledProblem => ({
  ...profileOf({ problemId, split, intent: '', code, shapes }),
  ids: [`${problemId}#1`, `${problemId}#2`],
});
const found = (problems: ProfiledProblem[], evaluation: ProfiledProblem[] = []) =>
  compareProblems(problems, evaluation).map(({ kind, drops }) => [kind, ...drops]);

test('nearly the same in one split: the later problem goes', () => {
  expect(found([problem('a', 'train', story('x')), problem('b', 'train', `${story('x')} end`)])).toEqual([
    ['near-duplicate', 'b#1', 'b#2'],
  ]);
});

test.each([
  ['train', 'test', 'a'],
  ['test', 'train', 'b'],
  ['dev', 'test', 'a'],
  ['fewshot', 'train', 'b'],
] as const)('nearly the same in %s and %s leaks, and %s goes', (one, other, dropped) => {
  const problems = [problem('a', one, story('x')), problem('b', other, story('x'))];
  expect(found(problems)).toEqual([['leak', `${dropped}#1`, `${dropped}#2`]]);
});

test('a shared function is found where the texts differ', () => {
  const problems = [problem('a', 'train', story('x'), ['s1', 's2']), problem('b', 'dev', story('y'), ['s2'])];
  expect(compareProblems(problems, [])).toMatchObject([
    { kind: 'leak', id: 'a', detail: 'a (train) and b (dev): a function of the same shape' },
  ]);
});

test('a text that holds all of a shorter one is a copy, though the whole is not alike', () => {
  const long = `${story('x')} ${story('y')} ${story('z')}`;
  expect(compareProblems([problem('a', 'train', story('y')), problem('b', 'test', long)], [])).toMatchObject([
    { detail: 'a (train) and b (test): 100 % of its runs of 13 words are there' },
  ]);
});

test('what the evaluation set holds goes from ours, never from it', () => {
  const theirs = [problem('e', 'test', story('x'))];
  expect(found([problem('a', 'test', story('x')), problem('b', 'test', story('q'))], theirs)).toEqual([
    ['contamination', 'a#1', 'a#2'],
  ]);
  expect(found([problem('b', 'test', story('q'))], [...theirs, problem('f', 'test', story('x'))])).toEqual([]);
});

test('of three alike one stays', () => {
  const three = ['a', 'b', 'c'].map((id) => problem(id, 'train', story('x')));
  expect(found(three).map(([, first]) => first)).toEqual(['b#1', 'c#1']);
});

const row = (id: string, problemId: string, split?: SplitName): Task => ({
  id,
  intent: '',
  entryPoint: 'f',
  tests: ['assert f()'],
  problemId,
  source: { dataset: 'd', license: 'MIT' },
  ...(split && { split }),
});

test('a source problem in two splits loses the rows of the cheaper one', () => {
  const rows = [row('1', 'p', 'train'), row('2', 'p', 'test'), row('3', 'q', 'dev'), row('4', 'q', 'dev')];
  expect(splitConflictFindings(rows)).toEqual([
    { kind: 'split-conflict', id: 'p', detail: 'stands in train and test', drops: ['1'] },
  ]);
});

test('of the same rows the first stays', () => {
  const rows = ['x', 'y', 'x', 'x'].map((key, at) => ({ id: `${at}`, key }));
  expect(duplicateFindings(rows).map(({ drops }) => drops)).toEqual([['2'], ['3']]);
});

test('findings are counted and sorted in the order of the report, and a row collects all of its own', () => {
  const findings = [
    { kind: 'weak-tests' as const, id: 'p', detail: 'w', drops: ['1', '2'] },
    { kind: 'unjudgeable' as const, id: '2', detail: 'u', drops: ['2'] },
  ];
  expect(sortedFindings(findings).map(({ kind }) => kind)).toEqual(['unjudgeable', 'weak-tests']);
  expect(faultyCounts(findings)).toEqual({ unjudgeable: 1, 'weak-tests': 1 });
  expect([...dropsOf(findings)].map(([id, why]) => [id, why.length])).toEqual([
    ['1', 1],
    ['2', 2],
  ]);
});
