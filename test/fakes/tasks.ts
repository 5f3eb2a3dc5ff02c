import { type RepairTask, taskSchema } from '../../contract/task.js';

/** A small repair task of its own: `problem` names it, anything else may be overridden. */
export const repairTask = (problem: string, overrides: Partial<RepairTask> = {}): RepairTask => ({
  ...taskSchema.parse({
    id: `${problem}#bug-1`,
    intent: `Return the sum of two numbers (${problem}).`,
    entryPoint: 'add',
    buggy: 'def add(a, b):\n    return a - b\n',
    reference: 'def add(a, b):\n    return a + b\n',
    tests: ['assert add(1, 2) == 3', 'assert add(0, 0) == 0', 'assert add(-1, 1) == 0'],
    hiddenTests: ['assert add(10, 5) == 15'],
    problemId: problem,
    source: { dataset: 'fake', license: 'Apache-2.0' },
    split: 'train',
  }),
  buggy: 'def add(a, b):\n    return a - b\n',
  ...overrides,
});
