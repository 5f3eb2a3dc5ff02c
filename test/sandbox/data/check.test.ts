import { type CheckDeps, checkTasks } from '../../../adapters/data/check/check.js';
import { openProgramReader, type ProgramReader } from '../../../adapters/data/program-reader.js';
import { runReferences } from '../../../adapters/data/reference-runner.js';
import { createNormaliser } from '../../../adapters/program/normaliser.js';
import { openVerifier, type SandboxVerifier } from '../../../adapters/sandbox/verifier.js';
import type { Task } from '../../../contract/task.js';

let verifier: SandboxVerifier;
let reader: ProgramReader;
beforeAll(async () => {
  verifier = await openVerifier({});
  reader = openProgramReader();
}, 300_000);
afterAll(async () => {
  reader.close();
  await verifier.close();
});

const reference =
  'def f(xs):\n    best = xs[0]\n    for x in xs:\n        if x > best:\n            best = x\n    return best\n';
const task = (change: Partial<Task> = {}): Task => ({
  id: 't',
  intent: 'The largest.',
  entryPoint: 'f',
  buggy: reference.replace('>', '<'),
  tests: ['assert f([3, 9, 2]) == 9', 'assert f([5]) == 5', 'assert f([1, 4, 8, 2]) == 8'],
  hiddenTests: ['assert f([7, 7, 1]) == 7', 'assert f([2, 6]) == 6'],
  reference,
  problemId: 'p',
  source: { dataset: 'd', license: 'MIT' },
  split: 'train',
  ...change,
});

const check = (tasks: Task[], more: Partial<CheckDeps> = {}, evaluation: Task[] = []) => {
  const journal = { earlier: new Map(), append: async () => undefined };
  const deps = { reader, verifier, normaliser: createNormaliser(), run: runReferences, journal, ...more };
  return checkTasks({ tasks, evaluation, plan: { seed: '1', mutants: true } }, deps);
};
const kinds = async (...tasks: Task[]): Promise<string[][]> =>
  (await check(tasks)).map(({ kind, drops }) => [kind, ...drops]);

test('a sound task has no finding', async () => {
  expect(await check([task()])).toEqual([]);
}, 300_000);

test.each<[string, Partial<Task>, string]>([
  [
    'a reference that fails',
    { reference: reference.replace('>', '<'), buggy: 'def f(xs): return 0' },
    'reference-fails',
  ],
  ['a task without a reference', { reference: undefined as unknown as string }, 'reference-missing'],
  ['a bug that passes', { buggy: `${reference}\nunused = 1\n` }, 'bug-passes'],
  [
    'a bug that fails hidden tests alone',
    { buggy: 'def f(xs):\n    return max(xs) if xs != [2, 6] else 0\n' },
    'bug-passes',
  ],
  ['a test that does not parse', { tests: ['assert f('] }, 'unjudgeable'],
  ['a test without an assert', { tests: ['f([1])', 'assert f([3, 9]) == 9'] }, 'unjudgeable'],
  [
    'a reference that draws its answer',
    { reference: 'import random\nluck = random.random()\ndef f(xs):\n    return max(xs) if luck < 0.5 else 0\n' },
    'flips',
  ],
])(
  '%s is found',
  async (_, change, kind) => {
    const found = await kinds(task(change));
    expect(found.map(([name]) => name)).toContain(kind);
  },
  300_000,
);

test('tests that a bug in the reference passes are weak, and the call that tells it is shown', async () => {
  const weak = task({
    tests: ['assert f([9, 3]) == 9', 'assert f([5]) == 5'],
    hiddenTests: [],
    buggy: 'def f(xs): return 0',
  });
  const [finding] = await check([weak]);
  expect(finding).toMatchObject({ kind: 'weak-tests', drops: ['t'] });
  expect(finding?.detail).toMatch(/ passes: f\(\[.*\]\) gives .* for \d+/);
}, 300_000);

test('rows that are the same, problems in two splits and what an evaluation set holds are found', async () => {
  const other = task({ id: 'again', buggy: reference.replace('x > best', 'x  <  best') });
  expect(await kinds(task(), other)).toEqual([['duplicate', 'again']]);
  expect(await kinds(task(), task({ id: 'u', split: 'test', buggy: 'def f(xs): return 1' }))).toEqual([
    ['split-conflict', 't'],
  ]);
  const evaluation = [task({ id: 'e', problemId: 'theirs', reference: reference.replaceAll('best', 'top') })];
  expect((await check([task()], {}, evaluation)).map(({ kind }) => kind)).toEqual(['contamination']);
}, 300_000);

test('what an earlier run found is not run again', async () => {
  const entries = new Map<string, unknown>();
  const journal = {
    earlier: new Map<string, unknown>(),
    append: async (key: string, value: unknown) => void entries.set(key, value),
  };
  const faulty = [task({ id: 'bad', reference: reference.replace('>', '<') })];
  const first = await check(faulty, { journal });
  const broken = {
    verify: () => Promise.reject(new Error('ran again')),
    close: async () => undefined,
    checkTask: verifier.checkTask,
  };
  const second = await check(faulty, { journal: { ...journal, earlier: entries }, verifier: broken });
  expect(first.length).toBeGreaterThan(0);
  expect(second).toEqual(first);
}, 300_000);
