import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRows } from '../../../adapters/data/rows.js';
import { refuseFixedOutput, writeFixed } from '../../../client/data/fixed-files.js';
import type { Task } from '../../../contract/task.js';
import type { Finding } from '../../../core/data/check/finding.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-fixed-'));
});
afterEach(() => rm(dir, { recursive: true }));

const task = (id: string): Task => ({
  id,
  intent: 'Add one.',
  entryPoint: 'f',
  tests: ['assert f(1) == 2'],
  problemId: id,
  source: { dataset: 'd', license: 'MIT' },
});
const weak = (id: string): Finding => ({ kind: 'weak-tests', id, detail: `${id} is weak`, drops: [id] });
const idsIn = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8')).split('\n').flatMap((line) => (line ? [(JSON.parse(line) as { id: string }).id] : []));
/** Fixes a file that holds these ids, of which some have a finding. */
const fix = async (ids: string[], faulty: string[], { output = 'tasks.jsonl' } = {}) => {
  const path = join(dir, 'tasks.jsonl');
  const tasks = ids.map(task);
  await writeRows(path, tasks);
  return writeFixed({ paths: [path], tasks, findings: faulty.map(weak) }, join(dir, output));
};

test('rows with a finding go to the record, whole and with why, the others stay in order', async () => {
  const done = await fix(['a', 'b', 'c'], ['b']);
  expect(done).toMatchObject({ kept: 2, dropped: 1, record: join(dir, 'tasks.dropped.jsonl') });
  expect(await idsIn(done.output)).toEqual(['a', 'c']);
  expect(JSON.parse(await readFile(done.record, 'utf8'))).toEqual({
    id: 'b',
    why: [{ kind: 'weak-tests', detail: 'b is weak' }],
    row: task('b'),
  });
});

test('a file fixed in place again keeps what was recorded of it before', async () => {
  await fix(['a', 'b', 'c'], ['b']);
  const nothing = await fix(['a', 'c'], []);
  expect(nothing.dropped).toBe(0);
  expect(await idsIn(nothing.record)).toEqual(['b']);
  const more = await fix(['a', 'c'], ['c']);
  expect(await idsIn(more.record)).toEqual(['b', 'c']);
});

test('a row that came back to the file is no longer recorded as dropped', async () => {
  await fix(['a', 'b'], ['b']);
  expect(await idsIn((await fix(['a', 'b'], [])).record)).toEqual([]);
});

test('the record beside another output is of the last run alone', async () => {
  await fix(['a', 'b'], ['b'], { output: 'fixed.jsonl' });
  const done = await fix(['a', 'c'], ['c'], { output: 'fixed.jsonl' });
  expect(await idsIn(done.record)).toEqual(['c']);
});

test('a folder and a name of a gzip file are refused as output, a new file is not', async () => {
  await mkdir(join(dir, 'set'));
  await expect(refuseFixedOutput(join(dir, 'set'))).rejects.toThrow('is a folder; name a file with -o');
  await expect(refuseFixedOutput(join(dir, 'tasks.jsonl.gz'))).rejects.toThrow('without gzip; name a file with -o');
  await expect(refuseFixedOutput(join(dir, 'new.jsonl'))).resolves.toBeUndefined();
});
