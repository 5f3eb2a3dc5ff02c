import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readRows } from '../../../adapters/data/rows.js';
import { InputError } from '../../../contract/failures.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-array-'));
});
afterEach(() => rm(dir, { recursive: true }));

const file = async (content: string | Uint8Array): Promise<string> => {
  const path = join(dir, 'set.json');
  await writeFile(path, content);
  return path;
};
const read = async (content: string | Uint8Array): Promise<unknown[]> => {
  const rows: unknown[] = [];
  for await (const { value } of readRows(await file(content))) rows.push(value);
  return rows;
};
const refusal = async (content: string | Uint8Array): Promise<string> => {
  const error = await read(content).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message.replace(dir, '');
};
/** Text that only a reader of strings tells from the array's own punctuation. */
const awkward = [
  { a: ']}[{,' },
  { a: '\\', b: '\\"],' },
  { a: 'é ✓ 😀\u2028', b: [[1, [2]], {}, ','] },
  { a: 'line\nbreak', b: null },
];

test.each([
  ['on one line', JSON.stringify(awkward)],
  ['laid out', JSON.stringify(awkward, null, 2)],
  ['after a byte order mark and space, with CRLF', `\uFEFF \r\n${JSON.stringify(awkward, null, 1)}\r\n\r\n`],
])('a JSON array %s gives its items', async (_how, text) => {
  expect(await read(text)).toEqual(awkward);
  expect(await read(gzipSync(text))).toEqual(awkward);
});

test('an array longer than any chunk of a file gives its items, wherever the chunks end', async () => {
  const rows = Array.from({ length: 4000 }, (_, at) => ({ at, text: `"${'é\\'.repeat(at % 97)}],` }));
  expect(await read(JSON.stringify(rows))).toEqual(rows);
});

test('an empty array has no rows', async () => {
  expect(await read(' [ \n ] ')).toEqual([]);
});

test('a row is placed by the line it begins on and its number in the array', async () => {
  const places: unknown[] = [];
  const path = await file('[\n  {"a": 1},\n\n  {\n    "a": 2\n  }, {"a": 3}\n]');
  for await (const { line, row } of readRows(path)) places.push([line, row]);
  expect(places).toEqual([
    [2, 1],
    [4, 2],
    [6, 3],
  ]);
});

test.each([
  ['no JSON', '[{"a": 1},\n {nope}]', /^\/set\.json:2, row 2: not JSON: /],
  ['without a comma between', '[{"a": 1} {"a": 2}]', /^\/set\.json:1, row 1: not JSON: /],
  ['missing between two commas', '[{},\n,{}]', /^\/set\.json:2, row 2: nothing stands before this comma/],
  ['missing before the end', '[{},\n]', /^\/set\.json:2, row 2: nothing stands before this comma/],
  ['cut', '[{"a": 1},\n{"a": ', /^\/set\.json:2, row 2: the file ends before its JSON array does$/],
  ['followed by the end of the file', '[{"a": 1}', /^\/set\.json:1, row 1: the file ends before its JSON array does$/],
  ['followed by a second array', '[{"a": 1}]\n[{"a": 2}]\n', /^\/set\.json:2: more follows the end of its JSON array$/],
  [
    'half of a surrogate pair',
    '[{"a": "\\ud83d"}]',
    /^\/set\.json:1, row 1: not JSON: text with half of a surrogate pair/,
  ],
])('an array with a row %s is refused by its place', async (_how, text, message) => {
  expect(await refusal(text)).toMatch(message);
});

test('invalid UTF-8 is blamed on its row', async () => {
  const bytes = Buffer.concat([Buffer.from('[{"a": 1},\n"'), Buffer.from([0xff]), Buffer.from('"]')]);
  expect(await refusal(bytes)).toBe('/set.json:2, row 2: not valid UTF-8');
});

test('reading can stop early without reading the rest', async () => {
  for await (const row of readRows(await file('[{"a": 1}, nope'))) {
    expect(row).toMatchObject({ value: { a: 1 }, row: 1 });
    break;
  }
});
