import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importTasks, type Refusal } from '../../../adapters/data/import.js';
import { type ImportFormat, importers } from '../../../adapters/data/importers/index.js';
import { openProgramReader, type ProgramReader } from '../../../adapters/data/program-reader.js';
import type { Task } from '../../../contract/task.js';

let dir: string;
let reader: ProgramReader;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-import-'));
  reader = openProgramReader();
});
afterAll(async () => {
  reader.close();
  await rm(dir, { recursive: true });
});
const file = async (name: string, rows: object[]): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
};
const run = async (format: ImportFormat, ...paths: string[]): Promise<{ taken: Task[]; refused: Refusal[] }> => {
  const [taken, refused]: [Task[], Refusal[]] = [[], []];
  const tasks = importTasks(importers[format], { paths, reader }, ({ place, id, reason }) =>
    refused.push({ place, id, reason }),
  );
  for await (const task of tasks) taken.push(task);
  return { taken, refused };
};
const mbppRow = (id: number, change: object = {}) => ({
  text: 'Sum a list.',
  code: 'def total(xs):\r\n\treturn sum(xs)',
  task_id: id,
  test_setup_code: '',
  test_list: ['assert total([1]) == 1', 'assert set([total([2])]) == {2}'],
  challenge_test_list: [],
  ...change,
});

test('an MBPP file gives problems in our format', async () => {
  const path = await file('mbpp.jsonl', [mbppRow(700), mbppRow(3)]);
  const { taken, refused } = await run('mbpp', path);
  expect(refused).toEqual([]);
  expect(taken).toMatchObject([
    { id: 'mbpp/700', entryPoint: 'total', split: 'train', reference: 'def total(xs):\n    return sum(xs)\n' },
    { id: 'mbpp/3', split: 'fewshot' },
  ]);
});

test('a row whose tests call nothing of the program is refused alone, with its place', async () => {
  const path = await file('odd.jsonl', [mbppRow(1), mbppRow(2, { test_list: ['assert 1 == 1'] })]);
  const { taken, refused } = await run('mbpp', path);
  expect(taken).toHaveLength(1);
  expect(refused).toEqual([
    { place: `${path}:2`, id: 'mbpp/2', reason: 'the tests call no function that the program defines' },
  ]);
});

test('an MBPP file with a missing key or a repeated id is refused whole', async () => {
  await expect(run('mbpp', await file('cut.jsonl', [{ ...mbppRow(1), code: 3 }]))).rejects.toThrow(
    /cut\.jsonl:1: code: /,
  );
  const [one, two] = [await file('one.jsonl', [mbppRow(1)]), await file('two.jsonl', [mbppRow(1)])];
  await expect(run('mbpp', one, two)).rejects.toThrow(`${two}:1: id "mbpp/1" is already that of ${one}:1`);
});

const own = {
  id: 'a',
  intent: 'Same.',
  entryPoint: 'f',
  tests: ['assert f(1) == 1'],
  reference: 'def f(x):\n    return x\n',
  problemId: 'a',
  source: { dataset: 'd', license: 'MIT' },
};

test('our own format is taken as it is, over several files', async () => {
  const kept = { ...own, id: 'b', buggy: 'def f(:', note: [1] };
  const files = [await file('a.jsonl', [own]), await file('b.jsonl', [kept])];
  expect(await run('jsonl', ...files)).toEqual({ taken: [own, kept], refused: [] });
});

test('a task whose reference does not define the entry point is refused alone', async () => {
  const path = await file('other.jsonl', [{ ...own, id: 'odd', entryPoint: 'g' }, own]);
  expect(await run('jsonl', path)).toMatchObject({
    taken: [{ entryPoint: 'f' }],
    refused: [{ place: `${path}:1`, reason: 'reference does not define g at its top level' }],
  });
});
