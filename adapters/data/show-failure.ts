import type { Verifier } from '../../activities/ports.js';
import { isRepairTask, type Task } from '../../contract/task.js';
import type { Verdict } from '../../contract/verdict.js';
import { verifyAll } from './verify-all.js';

/** Tasks judged together: work for all of the sandbox's workers, and still a stream. */
const tasksAtOnce = 32;

/** With the first hidden test that the bug fails in place of the last visible one, where it fails no visible test. */
const withFailureShown = (task: Task, { tests: outcomes, verdict }: Verdict): Task => {
  const failed = outcomes.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'notRun');
  const [first] = failed;
  if (verdict !== 'fail' || !first?.hidden) return task;
  const [tests, hiddenTests] = [[...task.tests], [...(task.hiddenTests ?? [])]];
  const shown = hiddenTests[first.index];
  const swapped = tests.at(-1);
  if (shown === undefined || swapped === undefined) return task;
  tests[tests.length - 1] = shown;
  hiddenTests[first.index] = swapped;
  return { ...task, tests, hiddenTests };
};

async function* inGroups(tasks: AsyncIterable<Task>): AsyncGenerator<Task[]> {
  let group: Task[] = [];
  for await (const task of tasks) {
    group.push(task);
    if (group.length < tasksAtOnce) continue;
    yield group;
    group = [];
  }
  yield group;
}

/**
 * Repair tasks of sets that don't tell visible tests from hidden ones: each bug is run, and fails a visible test where it
 * fails any, as a trace and a prompt need. Nothing else of a task changes.
 */
export async function* showFailures(tasks: AsyncIterable<Task>, verifier: Verifier): AsyncGenerator<Task> {
  for await (const group of inGroups(tasks)) {
    const bugs = group.filter(isRepairTask);
    const verdicts = await verifyAll(
      verifier,
      bugs.map(({ buggy, ...task }, index) => ({ task, index, program: buggy })),
    );
    const judged = new Map(bugs.map((task, at) => [task as Task, verdicts[at] as Verdict]));
    for (const task of group) {
      const verdict = judged.get(task);
      yield verdict ? withFailureShown(task, verdict) : task;
    }
  }
}
