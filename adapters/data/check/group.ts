import { createHash } from 'node:crypto';
import type { Task } from '../../../contract/task.js';

/** Rows that share everything but their buggy program: one reference and one set of tests, checked once for all. */
export interface Group {
  key: string;
  /** The first row; it stands for the shared part. */
  problem: Task;
  tasks: Task[];
}

const keyOf = ({ problemId, reference, setup, tests, hiddenTests, entryPoint, cpuLimitMs }: Task): string =>
  createHash('sha256')
    .update(JSON.stringify([problemId, reference, setup, tests, hiddenTests, entryPoint, cpuLimitMs]))
    .digest('hex');

export const groupsOf = (tasks: readonly Task[]): Group[] => {
  const groups = new Map<string, Group>();
  for (const task of tasks) {
    const key = keyOf(task);
    const group = groups.get(key);
    if (group) group.tasks.push(task);
    else groups.set(key, { key, problem: task, tasks: [task] });
  }
  return [...groups.values()];
};

export const idsOf = ({ tasks }: Group): string[] => tasks.map(({ id }) => id);

/** Names a group by its problem where it has several rows, else by its row. */
export const nameOf = ({ problem, tasks }: Group): string => (tasks.length > 1 ? problem.problemId : problem.id);
