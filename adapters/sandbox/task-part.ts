import type { Task } from '../../contract/task.js';

/** Names a task to the judges; the same object has the same name, so that its tests cross to each of them once. */
const keys = new WeakMap<Task, string>();
let lastKey = 0;

export const keyOf = (task: Task): string => {
  const key = keys.get(task) ?? `${++lastKey}`;
  keys.set(task, key);
  return key;
};

/** What of a task decides how its candidates are judged. */
export const taskPart = ({ entryPoint, setup, tests, hiddenTests, reference, buggy }: Task): object => ({
  entryPoint,
  setup,
  tests,
  hiddenTests,
  reference,
  buggy,
});
