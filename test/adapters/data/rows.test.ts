import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readRows, readTasks, writeRows } from '../../../adapters/data/rows.js';
import { InputError } from '../../../contract/failures.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-rows-'));
});
afterEach(() => rm(dir, { recursive: true }));

const task = (id: string, extra: object = {}) => ({
  id,
  intent: 'Add one.',
  entryPoint: 'f',
  tests: ['assert f(1) == 2'],
  problemId: 'p',
  source: { dataset: 'd', license: 'MIT' },
  ...extra,
});
const file = async (content: string | Uint8Array, name = 'tasks.jsonl'): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
};
const lines = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const refusal = async (path: string): Promise<string> => {
  const error = await readTasks(path).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message.replace(dir, '');
};

test('tasks are read in order, with the keys we do not know', async () => {
  const path = await file(lines(task('a', { note: 7 }), task('b')));
  expect(await readTasks(path)).toMatchObject([{ id: 'a', note: 7 }, { id: 'b' }]);
});

test('a gzip file is known by its content, whatever its name', async () => {
  const path = await file(gzipSync(lines(task('a'))), 'tasks.data');
  expect(await readTasks(path)).toHaveLength(1);
});

test('carriage returns inside a program stay, those that end a line and a byte order mark go', async () => {
  const row = task('a', { buggy: 'def f(x):\r\n\treturn x\r\n', intent: 'é ✓' });
  const path = await file(`\uFEFF${JSON.stringify(row)}\r\n\r\n`);
  expect(await readTasks(path)).toMatchObject([row]);
});

test('rows survive being written and read, whatever their characters', async () => {
  const rows = [task('a', { intent: 'a\u2028b \u0000 \ud83d\ude00 \r\n' }), task('b')];
  const path = join(dir, 'new', 'out.jsonl');
  await writeRows(path, rows);
  expect(await readTasks(path)).toEqual(rows);
  expect(await readdir(join(dir, 'new'))).toEqual(['out.jsonl']);
});

test('a write that fails leaves the old file and nothing else', async () => {
  const path = await file('old\n');
  const failing = (function* () {
    yield task('a');
    throw new Error('producer broke');
  })();
  await expect(writeRows(path, failing)).rejects.toThrow('producer broke');
  expect(await readFile(path, 'utf8')).toBe('old\n');
  expect(await readdir(dir)).toEqual(['tasks.jsonl']);
});

test('a cut last line is named as such', async () => {
  expect(await refusal(await file(lines(task('a'), task('b')).slice(0, -30)))).toMatch(
    /^\/tasks\.jsonl:2: the file ends in the middle of a row/,
  );
});

test('a whole last line without its newline is taken', async () => {
  expect(await readTasks(await file(lines(task('a')).trimEnd()))).toHaveLength(1);
});

test('a line that is no JSON is named', async () => {
  expect(await refusal(await file(`${lines(task('a'))}{nope}\n${lines(task('b'))}`))).toMatch(
    /^\/tasks\.jsonl:2: not JSON/,
  );
});

test('half of a surrogate pair is refused, a whole one is taken', async () => {
  const path = await file('{"intent":"\\ud83d"}\n');
  expect(await refusal(path)).toMatch(/^\/tasks\.jsonl:1: not JSON: text with half of a surrogate pair/);
  const whole = await file(lines(task('a')).replace('Add', '\\ud83d\\ude00'));
  expect(await readTasks(whole)).toMatchObject([{ intent: '😀 one.' }]);
});

test('invalid UTF-8 is blamed on its line', async () => {
  const bytes = Buffer.concat([Buffer.from(lines(task('a'))), Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a])]);
  expect(await refusal(await file(bytes))).toBe('/tasks.jsonl:2: not valid UTF-8');
});

test('a wrong key and a missing one are both named', async () => {
  const message = await refusal(await file(lines(task('a', { tests: 'assert', entryPoint: undefined }))));
  expect(message).toMatch(/^\/tasks\.jsonl:1: /);
  expect(message).toContain('tests: ');
  expect(message).toContain('entryPoint: ');
});

test('a repeated id names both lines', async () => {
  const message = await refusal(await file(lines(task('a'), task('b'), task('a'))));
  expect(message).toBe(`/tasks.jsonl:3: id "a" is already that of ${dir}/tasks.jsonl:1`);
});

test('a cut gzip file, a missing file and a folder are refused by name', async () => {
  const cut = await file(
    gzipSync(lines(...Array.from({ length: 50 }, (_, at) => task(`t${at}`)))).subarray(0, 90),
    'cut.gz',
  );
  expect(await refusal(cut)).toMatch(/^\/cut\.gz: damaged or cut gzip file/);
  expect(await refusal(join(dir, 'absent.jsonl'))).toBe('/absent.jsonl: no such file');
  expect(await refusal(dir)).toBe(': is a folder, expected a file');
});

test('reading can stop early without reading the rest', async () => {
  const path = await file(`${lines(task('a'))}{nope}\n`);
  for await (const row of readRows(path)) {
    expect(row).toMatchObject({ line: 1, file: path });
    break;
  }
});
