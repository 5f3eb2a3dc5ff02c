import type { Task } from '../../../contract/task.js';
import type { TestOutcome, Verdict } from '../../../contract/verdict.js';
import { chooseBugs, type Mutant, maxSlowBugs, orderMutants, repairTasks } from '../../../core/data/bugs.js';

const mutant = (operator: string, line: number): Mutant => ({ operator, line, program: `${operator} ${line}` });
const pool = [
  ...Array.from({ length: 30 }, (_, at) => mutant('constant', at + 1)),
  ...Array.from({ length: 3 }, (_, at) => mutant('slice', at + 1)),
  mutant('branch', 1),
];

test('each operator has its turn before any has a second', () => {
  const operators = orderMutants(pool, '7').map(({ operator }) => operator);
  expect(new Set(operators.slice(0, 3))).toEqual(new Set(['constant', 'slice', 'branch']));
  expect(operators.slice(3, 7).sort()).toEqual(['constant', 'constant', 'slice', 'slice']);
  expect(operators).toHaveLength(pool.length);
});

test('the order is that of the seed', () => {
  expect(orderMutants(pool, '7')).toEqual(orderMutants(pool, '7'));
  expect(orderMutants(pool, '8')).not.toEqual(orderMutants(pool, '7'));
});

test('an operator that fits everywhere is first less often than one that rarely fits', () => {
  const two = [mutant('wrong-variable', 1), mutant('branch', 1)];
  const firsts = Array.from({ length: 400 }, (_, seed) => orderMutants(two, `${seed}`)[0]?.operator);
  const share = firsts.filter((operator) => operator === 'wrong-variable').length / firsts.length;
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.31);
});

test('a program without candidates has an empty order', () => {
  expect(orderMutants([], '7')).toEqual([]);
});

const verdict = (outcomes: TestOutcome['outcome'][], change: Partial<Verdict> = {}): Verdict => ({
  taskId: 't',
  index: 0,
  verdict: outcomes.every((outcome) => outcome === 'ok') ? 'pass' : 'fail',
  reason: 'assertion',
  tests: outcomes.map((outcome, index) => ({ index, hidden: false, outcome })),
  durationMs: 1,
  isolation: 'test',
  ...change,
});
const choose = (verdicts: Verdict[], wanted = 9): number[] =>
  chooseBugs(
    verdicts.map((each, at) => ({ bug: mutant('slice', at), verdict: each })),
    wanted,
  ).map(({ line }) => line);

test('a bug fails a visible test', () => {
  expect(choose([verdict(['ok', 'ok']), verdict(['ok', 'assertion']), verdict(['exception', 'ok'])])).toEqual([1, 2]);
});

test('failing only a hidden test is not enough', () => {
  const hidden = verdict(['ok']);
  hidden.tests.push({ index: 0, hidden: true, outcome: 'assertion' });
  expect(choose([{ ...hidden, verdict: 'fail' }])).toEqual([]);
});

test('no verdict, a flaky program and one that does not parse are no bugs', () => {
  expect(
    choose([
      verdict(['infrastructure'], { verdict: 'none', reason: 'infrastructure' }),
      verdict(['flaky']),
      verdict([], { verdict: 'fail', reason: 'unparsable' }),
    ]),
  ).toEqual([]);
});

test('bugs that only run into a limit are few', () => {
  const slow = (['timeout', 'memory', 'output'] as const).map((outcome) => verdict(['ok', outcome, 'notRun']));
  expect(choose([...slow, verdict(['assertion'])])).toEqual([...Array.from({ length: maxSlowBugs }, (_, at) => at), 3]);
});

test('no more bugs are taken than wanted', () => {
  expect(choose([verdict(['assertion']), verdict(['assertion']), verdict(['assertion'])], 2)).toEqual([0, 1]);
});

const problem: Task = {
  id: 'p/1',
  intent: 'Do.',
  entryPoint: 'f',
  tests: ['assert f()'],
  hiddenTests: ['assert f(2)'],
  reference: 'def f(): …',
  note: 7,
  problemId: 'p/1',
  source: { dataset: 'd', license: 'MIT' },
};

test('a repair task inherits the problem, is named by operator, and its keys come in the order of the format', () => {
  const tasks = repairTasks(problem, [mutant('slice', 3), mutant('branch', 1), mutant('slice', 9)], 'dev');
  expect(tasks.map(({ id }) => id)).toEqual(['p/1#slice-1', 'p/1#branch-1', 'p/1#slice-2']);
  expect(tasks[0]).toEqual({
    ...problem,
    id: 'p/1#slice-1',
    buggy: 'slice 3',
    split: 'dev',
    mutation: { operator: 'slice', line: 3 },
  });
  expect(Object.keys(tasks[0] ?? {}).slice(0, 4)).toEqual(['id', 'intent', 'buggy', 'entryPoint']);
});

test('a wrong solution of a model is named so, and keeps who wrote it', () => {
  const sampled = { model: 'small', index: 5, alike: 2 };
  const [task] = repairTasks(problem, [{ program: 'def f(): 1', sampled }], 'train');
  expect(task).toMatchObject({ id: 'p/1#model-1', buggy: 'def f(): 1', sampled });
  expect(task).not.toHaveProperty('mutation');
});
