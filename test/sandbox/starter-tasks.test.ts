import { buildTasks } from '../../adapters/data/build.js';
import { checkTasks } from '../../adapters/data/check/check.js';
import { taskFilesOf } from '../../adapters/data/problem-files.js';
import { openProgramReader } from '../../adapters/data/program-reader.js';
import { runReferences } from '../../adapters/data/reference-runner.js';
import { readTasks } from '../../adapters/data/rows.js';
import { createNormaliser } from '../../adapters/program/normaliser.js';
import { openVerifier, type SandboxVerifier } from '../../adapters/sandbox/verifier.js';
import type { Task } from '../../contract/task.js';
import type { Finding } from '../../core/data/check/finding.js';

let verifier: SandboxVerifier;
beforeAll(async () => {
  verifier = await openVerifier({});
}, 300_000);
afterAll(() => verifier.close());

const findingsOf = async (tasks: readonly Task[], { mutants }: { mutants: boolean }): Promise<Finding[]> => {
  const reader = openProgramReader();
  const journal = { earlier: new Map(), append: async () => undefined };
  const deps = { reader, verifier, normaliser: createNormaliser(), run: runReferences, journal };
  return await checkTasks({ tasks, evaluation: [], plan: { seed: '1', mutants } }, deps).finally(reader.close);
};
const everyProblem = async (): Promise<Task[]> =>
  (await Promise.all((await taskFilesOf(['starter/problems'])).map(readTasks))).flat();

// Bugs in the references are tried on a third of the problems, below: on all that takes longer than the rest together.
test('data check finds nothing in the starter set: references pass, bugs fail, nothing flips, repeats or leaks', async () => {
  expect(await findingsOf(await readTasks('starter/tasks.jsonl'), { mutants: false })).toEqual([]);
}, 1_200_000);

test('no small bug in a reference passes its tests where a call near them tells it apart, a third of the problems', async () => {
  const problems = await everyProblem();
  const third = problems.filter((_, at) => at % 3 === 0);
  expect(await findingsOf(third, { mutants: true })).toEqual([]);
}, 1_200_000);

test('building again gives the committed tasks', async () => {
  const problems = await everyProblem();
  const some = problems.filter((_, at) => at % 20 === 0);
  const ids = new Set(some.map(({ id }) => id));
  const reader = openProgramReader();
  const { tasks } = await buildTasks(some, { seed: '1', perProblem: 4 }, { reader, verifier, runReferences });
  reader.close();
  const committed = await readTasks('starter/tasks.jsonl');
  expect(tasks).toEqual(committed.filter(({ problemId }) => ids.has(problemId)));
}, 600_000);
