import type { SplitName, Task } from '../../contract/task.js';
import { shuffled } from '../random.js';

export interface DrawSizes {
  /** How many tasks at most; all without it. */
  size?: number | undefined;
  perProblem?: number | undefined;
}

/**
 * The tasks of one split that a campaign uses: drawn by seed, at most `perProblem` of one source problem, taking one of
 * every problem before a second of any; returned in the file's order, so that a larger draw keeps shards alike.
 */
export const drawTasks = (
  tasks: readonly Task[],
  split: SplitName,
  { size, perProblem = Number.POSITIVE_INFINITY }: DrawSizes,
  seed: string,
): Task[] => {
  const mine = tasks.filter((task) => task.split === split);
  const rankOf = rankWithinProblem(shuffled(mine, `${seed}/${split}`));
  const ranked = [...rankOf].filter(([, rank]) => rank < perProblem).sort(([, a], [, b]) => a - b);
  const chosen = new Set(ranked.slice(0, size ?? ranked.length).map(([task]) => task));
  return mine.filter((task) => chosen.has(task));
};

const rankWithinProblem = (tasks: readonly Task[]): Map<Task, number> => {
  const seen = new Map<string, number>();
  return new Map(
    tasks.map((task) => {
      const rank = seen.get(task.problemId) ?? 0;
      seen.set(task.problemId, rank + 1);
      return [task, rank];
    }),
  );
};
