import type { SplitName, Task } from '../../../contract/task.js';
import { assignSplits, splitConflicts } from '../../../core/data/splits.js';

const row = (problemId: string, split?: SplitName): Task => ({
  id: `${problemId}/${split}`,
  intent: '',
  entryPoint: 'f',
  tests: ['assert f()'],
  problemId,
  source: { dataset: 'd', license: 'MIT' },
  ...(split && { split }),
});
const many = Array.from({ length: 100 }, (_, at) => row(`p${at}`));
const count = (splits: Map<string, SplitName>) => {
  const counts: Record<string, number> = {};
  for (const split of splits.values()) counts[split] = (counts[split] ?? 0) + 1;
  return counts;
};

test('problems without a split are drawn 60, 15 and 25 in a hundred', () => {
  expect(count(assignSplits(many, '1'))).toEqual({ train: 60, dev: 15, test: 25 });
});

test('the draw depends on the seed, not on the order of the rows', () => {
  const once = assignSplits(many, '1');
  expect(assignSplits([...many].reverse(), '1')).toEqual(new Map([...once]));
  expect(assignSplits(many, '2')).not.toEqual(once);
});

test('named splits stay, and rows of one problem share theirs', () => {
  const splits = assignSplits([row('a', 'fewshot'), row('b', 'test'), row('a')], '1');
  expect([...splits]).toEqual([
    ['a', 'fewshot'],
    ['b', 'test'],
  ]);
});

test('a problem in two splits is a conflict, one in a single split is none', () => {
  expect(splitConflicts([row('a', 'train'), row('b', 'dev'), row('a', 'test'), row('b', 'dev'), row('c')])).toEqual([
    { problemId: 'a', splits: ['train', 'test'] },
  ]);
});
