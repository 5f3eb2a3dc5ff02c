import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../../adapters/data/journal.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-journal-'));
});
afterEach(() => rm(dir, { recursive: true }));
const open = (digest = 'a'.repeat(64)): Promise<Journal> => Journal.open({ output: join(dir, 'out.jsonl'), digest });
const earlier = async (digest?: string): Promise<[string, unknown][]> => {
  const journal = await open(digest);
  await journal.leave();
  return [...journal.earlier];
};

test('what an interrupted run did is there for the next one of the same work alone', async () => {
  const first = await open();
  await first.append('one', { found: ['é'] });
  await first.leave();
  expect(await earlier()).toEqual([['one', { found: ['é'] }]]);
  expect(await earlier('b'.repeat(64))).toEqual([]);
});

test('an entry that a killed run left half written is cut off, and the journal goes on behind the whole ones', async () => {
  const first = await open();
  await first.append('one', 1);
  await first.leave();
  const [name] = await readdir(dir);
  await appendFile(join(dir, String(name)), '{"key":"two","val');
  const second = await open();
  await second.append('three', 3);
  await second.leave();
  expect((await earlier()).map(([key]) => key)).toEqual(['one', 'three']);
});

test('a finished work leaves nothing, nor does one that did nothing', async () => {
  const done = await open();
  await done.append('one', 1);
  await done.finish();
  await (await open()).leave();
  expect(await readdir(dir)).toEqual([]);
});

test('where the folder can not be written, the work goes on without a journal', async () => {
  const journal = await Journal.open({ output: join(dir, 'absent', 'out.jsonl'), digest: 'c'.repeat(64) });
  await journal.append('one', 1);
  await journal.finish();
  expect(journal.earlier.size).toBe(0);
});
