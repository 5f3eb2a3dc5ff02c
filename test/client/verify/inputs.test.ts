import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSamples, surveyWork } from '../../../client/verify/inputs.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'inputs-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const survey = async (text: string, settings: unknown = 1) => {
  const path = join(dir, 'file.jsonl');
  await writeFile(path, text);
  return surveyWork([path], settings);
};

/** More than is read at once, so that lines go over the edges. */
const long = `${' '.repeat(70_000)}{"long":"${'x'.repeat(200_000)}"}`;

describe('a survey of the work', () => {
  it.each([
    ['no line', '', 0],
    ['lines with and without an end', '{}\n{}', 2],
    ['blank lines', '\n  \r\n{}\n\t\n\n', 1],
    ['lines longer than what is read at once', `${long}\n${' '.repeat(70_000)}\n${long}\n{}`, 3],
  ])('counts the rows among %s', async (_name, text, rows) => {
    expect((await survey(text)).rows).toEqual([rows]);
  });

  it('names the same work alike, and other bytes or settings otherwise', async () => {
    const { digest } = await survey('{}\n');
    expect((await survey('{}\n')).digest).toBe(digest);
    expect((await survey('{}')).digest).not.toBe(digest);
    expect((await survey('{}\n', 2)).digest).not.toBe(digest);
  });
});

const whatASampleHas = 'a sample has taskId (text), index (0 or more) and completion or program (text)';

test.each([
  ['no index', '{"taskId":"t","program":"x = 1"}', whatASampleHas],
  ['neither completion nor program', '{"taskId":"t","index":0}', whatASampleHas],
  ['an index below 0', '{"taskId":"t","index":-1,"program":"x = 1"}', 'index'],
])('a sample with %s is refused by what is wrong with it', async (_name, line, reason) => {
  const path = join(dir, 'samples.jsonl');
  await writeFile(path, `${line}\n`);
  const bad: string[] = [];
  const taken: unknown[] = [];
  for await (const sample of readSamples(path, new Map(), (one) => bad.push(one.reason))) taken.push(sample);
  expect(bad).toEqual([expect.stringContaining(reason)]);
  expect(taken).toEqual([]);
});
