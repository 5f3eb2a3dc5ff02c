import type { Verifier } from '../../activities/ports.js';
import { buildTasks } from '../../adapters/data/build.js';
import { taskFilesOf } from '../../adapters/data/problem-files.js';
import { openProgramReader } from '../../adapters/data/program-reader.js';
import { runReferences } from '../../adapters/data/reference-runner.js';
import { readTasks } from '../../adapters/data/rows.js';
import { openVerifier } from '../../adapters/sandbox/verifier.js';

const limits = { cpuLimitMs: 1000, memoryBytes: 512 * 1024 * 1024 };
let verifier: Verifier;
beforeAll(async () => {
  verifier = await openVerifier({});
}, 60_000);
afterAll(() => verifier.close());

test('every bug of the starter set fails a visible test', async () => {
  const tasks = await readTasks('starter/tasks.jsonl');
  const candidates = tasks.map(({ buggy, hiddenTests: _, ...task }, index) => ({ task, index, program: buggy }));
  const verdicts = await verifier.verify(candidates, limits);
  expect(verdicts.filter(({ verdict }) => verdict !== 'fail').map(({ taskId }) => taskId)).toEqual([]);
}, 180_000);

test('building again gives the committed tasks', async () => {
  const problems = (await Promise.all((await taskFilesOf(['starter/problems'])).map(readTasks))).flat();
  const some = problems.filter((_, at) => at % 20 === 0);
  const ids = new Set(some.map(({ id }) => id));
  const reader = openProgramReader();
  const { tasks } = await buildTasks(some, { seed: '1', perProblem: 4 }, { reader, verifier, runReferences });
  reader.close();
  const committed = await readTasks('starter/tasks.jsonl');
  expect(tasks).toEqual(committed.filter(({ problemId }) => ids.has(problemId)));
}, 180_000);
