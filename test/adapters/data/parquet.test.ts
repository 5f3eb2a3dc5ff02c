import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { readEvalPlusRows } from '../../../adapters/data/importers/evalplus-rows.js';
import { openProgramReader } from '../../../adapters/data/program-reader.js';
import { readRows, writeRows } from '../../../adapters/data/rows.js';
import { InputError } from '../../../contract/failures.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-parquet-'));
});
afterEach(() => rm(dir, { recursive: true }));

const read = async (path: string): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for await (const { value } of readRows(path)) rows.push(value);
  return rows;
};
const refusal = async (path: string): Promise<string> => {
  const error = await read(path).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message.replace(dir, '');
};

test('rows come back from Parquet as they were written, keys of a few rows and odd values too', async () => {
  const rows = [
    { id: 'a', tests: ['x', 'é\r\n'], cpuLimitMs: 5, source: { dataset: 'd' }, hiddenTests: [] },
    { id: 'b', tests: ['y'], note: { deep: [1, null, { z: 'q' }] }, big: 2 ** 40, flag: false },
    { id: 'c', tests: ['z'], note: 'text' },
  ];
  const path = join(dir, 'rows.parquet');
  expect(await writeRows(path, rows)).toBe(3);
  expect((await readFile(path)).subarray(0, 4).toString()).toBe('PAR1');
  expect(await read(path)).toEqual(rows);
  expect(await readdir(dir)).toEqual(['rows.parquet']);
});

test('more rows than are decoded at a time keep their order and their numbers', async () => {
  const path = join(dir, 'many.parquet');
  await writeRows(
    path,
    Array.from({ length: 2500 }, (_, at) => ({ at, text: `row ${at}` })),
  );
  const lines: number[] = [];
  for await (const { value, line } of readRows(path)) lines.push((value as { at: number }).at - line);
  expect(lines).toHaveLength(2500);
  expect(new Set(lines)).toEqual(new Set([-1]));
});

test('whole numbers of 64 bits are numbers, and a column without a value is no key', async () => {
  const path = join(dir, 'foreign.data');
  parquetWriteFile({
    filename: path,
    columnData: [
      { name: 'task_id', data: [7n, 8n], type: 'INT64' },
      { name: 'text', data: ['a', null], type: 'STRING' },
    ],
  });
  expect(await read(path)).toEqual([{ task_id: 7, text: 'a' }, { task_id: 8 }]);
});

test('a Parquet file that is cut or damaged is refused by name', async () => {
  const path = join(dir, 'cut.parquet');
  await writeRows(path, [{ id: 'a' }, { id: 'b' }]);
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, -20));
  expect(await refusal(path)).toMatch(/^\/cut\.parquet: damaged or cut Parquet file/);
});

test('without a row the old file can stay', async () => {
  const path = join(dir, 'kept.parquet');
  await writeRows(path, [{ id: 'a' }]);
  expect(await writeRows(path, [], { keepOldWhenEmpty: true })).toBe(0);
  expect(await read(path)).toEqual([{ id: 'a' }]);
});

test('inputs of an EvalPlus set keep every digit in Parquet, as a JSON column and as JSON text', async () => {
  const path = join(dir, 'plus.parquet');
  await parquetWriteFile({
    filename: path,
    columnData: [
      { name: 'task_id', data: ['HumanEval/900'], type: 'STRING' },
      { name: 'prompt', data: ['def twice(n):\n    """ Doubles. """\n'], type: 'STRING' },
      { name: 'entry_point', data: ['twice'], type: 'STRING' },
      { name: 'canonical_solution', data: ['    return n + n\n'], type: 'STRING' },
      { name: 'base_input', data: ['[[12345678901234567890], [2.0]]'], type: 'STRING' },
      { name: 'plus_input', data: [[[7, 'x']]], type: 'JSON' },
      { name: 'atol', data: [0], type: 'DOUBLE' },
    ],
  });
  const reader = openProgramReader();
  try {
    const rows = [];
    for await (const row of readEvalPlusRows([path], 'humaneval', reader)) rows.push(row);
    const shown = [{ arguments: '12345678901234567890' }, { arguments: '2.0' }];
    expect(rows).toMatchObject([{ place: `${path}:1`, row: { shown, hidden: [{ arguments: "7, 'x'" }] } }]);
  } finally {
    reader.close();
  }
});
