import type { SplitName, Task } from '../../contract/task.js';
import { shuffled } from '../random.js';

const shares: { split: SplitName; upTo: number }[] = [
  { split: 'train', upTo: 0.6 },
  { split: 'dev', upTo: 0.75 },
  { split: 'test', upTo: 1 },
];

/** A source problem that stands in two splits: what a model learns from one would leak into the other. */
export interface SplitConflict {
  problemId: string;
  splits: SplitName[];
}

/** Source problems whose rows name more than one split. */
export const splitConflicts = (tasks: readonly Task[]): SplitConflict[] => {
  const named = new Map<string, Set<SplitName>>();
  for (const { problemId, split } of tasks) {
    if (split) named.set(problemId, (named.get(problemId) ?? new Set()).add(split));
  }
  return [...named]
    .filter(([, splits]) => splits.size > 1)
    .map(([problemId, splits]) => ({ problemId, splits: [...splits] }));
};

/**
 * The split of every source problem, never of a single bug. Named splits stay; the other problems are drawn by seed:
 * 60 % train, 15 % dev, 25 % test. Which split a problem gets doesn't depend on the order of the rows.
 */
export const assignSplits = (tasks: readonly Task[], seed: string): Map<string, SplitName> => {
  const splits = new Map<string, SplitName>();
  for (const { problemId, split } of tasks) if (split) splits.set(problemId, split);
  const open = [...new Set(tasks.map(({ problemId }) => problemId))].filter((id) => !splits.has(id)).sort();
  shuffled(open, `${seed}/splits`).forEach((problemId, at) => {
    const position = (at + 0.5) / open.length;
    splits.set(problemId, shares.find(({ upTo }) => position < upTo)?.split ?? 'test');
  });
  return splits;
};
