import { showFailures } from '../../../adapters/data/show-failure.js';
import { openVerifier, type SandboxVerifier } from '../../../adapters/sandbox/verifier.js';
import type { Task } from '../../../contract/task.js';

let verifier: SandboxVerifier;
beforeAll(async () => {
  verifier = await openVerifier({});
}, 300_000);
afterAll(() => verifier.close());

const task = (buggy: string | undefined): Task => ({
  id: 't',
  intent: 'Double.',
  entryPoint: 'f',
  ...(buggy !== undefined && { buggy }),
  tests: ['assert f(0) == 0', 'assert f(2) == 4'],
  hiddenTests: ['assert f(1) == 2', 'assert f(3) == 6', 'assert f(5) == 10'],
  reference: 'def f(x):\n    return 2 * x\n',
  problemId: 't',
  source: { dataset: 'd', license: 'MIT' },
});

const shown = async (...tasks: Task[]): Promise<Task[]> => {
  const result: Task[] = [];
  const source = (async function* () {
    yield* tasks;
  })();
  for await (const each of showFailures(source, verifier)) result.push(each);
  return result;
};

test('a bug that fails only hidden tests gets the first of them shown in place of the last visible one', async () => {
  const [changed] = await shown(task('def f(x):\n    return 2 * x if x < 3 else 0\n'));
  expect(changed).toMatchObject({
    tests: ['assert f(0) == 0', 'assert f(3) == 6'],
    hiddenTests: ['assert f(1) == 2', 'assert f(2) == 4', 'assert f(5) == 10'],
  });
}, 300_000);

test('a bug that fails a visible test, one that fails none, and a problem stay as they are', async () => {
  const tasks = [task('def f(x):\n    return x\n'), task('def f(x):\n    return x + x\n'), task(undefined)];
  expect(await shown(...tasks)).toEqual(tasks);
}, 300_000);
