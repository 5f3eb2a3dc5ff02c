import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VerdictCache, verdictKey } from '../../../adapters/sandbox/verdict-cache.js';
import type { Judgement } from '../../../core/verdict/assemble.js';
import { aTask } from '../../sandbox/verifier-fixtures.js';

const limits = { cpuLimitMs: 1000, memoryBytes: 1 };
const passed: Judgement = { verdict: 'pass', reason: 'ok', outcomes: ['ok'] };
const keyOf = (task = aTask(), program = 'p', limit = limits, isolation = 'i'): string =>
  verdictKey({ task, program }, limit, isolation);

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'verdicts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it.each([
  ['the program', () => keyOf(aTask(), 'q')],
  ['the setup', () => keyOf(aTask({ setup: 'x = 1' }))],
  ['a test', () => keyOf(aTask({ tests: ['assert solve(1) == 1'] }))],
  ['whether a test is hidden', () => keyOf(aTask({ tests: ['a'], hiddenTests: ['b'] }))],
  ['the order of tests', () => keyOf(aTask({ tests: ['b', 'a'] }))],
  ['the reference, which names what tests may call', () => keyOf(aTask({ reference: 'r' }))],
  ['the buggy program', () => keyOf(aTask({ buggy: 'b' }))],
  ["the task's CPU limit", () => keyOf(aTask({ cpuLimitMs: 5000 }))],
  ['a limit', () => keyOf(aTask(), 'p', { ...limits, memoryBytes: 2 })],
  ['isolation and interpreter', () => keyOf(aTask(), 'p', limits, 'j')],
])('a key depends on %s', (_title, other) => {
  expect(new Set([keyOf(), keyOf(aTask({ tests: ['a', 'b'] })), other()]).size).toBe(3);
});

it("a key does not depend on the task's name, intent or split, which decide no verdict", () => {
  expect(keyOf(aTask({ id: 'other', intent: 'other', split: 'dev' }))).toBe(keyOf());
});

it('a verdict is known to the next process', async () => {
  const first = await VerdictCache.open(dir);
  await first.put('k', passed);
  await first.close();
  const second = await VerdictCache.open(dir);
  expect(second.get('k')).toEqual(passed);
  await second.close();
});

it('no verdict is never kept', async () => {
  const cache = await VerdictCache.open(dir);
  await cache.put('k', { verdict: 'none', reason: 'infrastructure', outcomes: [] });
  expect(cache.get('k')).toBeUndefined();
  await cache.close();
  expect(await readFile(join(dir, 'verdicts.jsonl'), 'utf8')).not.toContain('infrastructure');
});

it('a line that a crash cut is passed over, and does not swallow the next', async () => {
  const path = join(dir, 'verdicts.jsonl');
  const first = await VerdictCache.open(dir);
  await first.put('a', passed);
  await first.put('b', passed);
  await first.close();
  await truncate(path, (await readFile(path)).length - 5);
  const second = await VerdictCache.open(dir);
  expect([second.get('a'), second.get('b')]).toEqual([passed, undefined]);
  await second.put('c', passed);
  await second.close();
  const third = await VerdictCache.open(dir);
  expect(third.get('c')).toEqual(passed);
  await third.close();
});

const linesOf = async (): Promise<string[]> =>
  (await readFile(join(dir, 'verdicts.jsonl'), 'utf8')).split('\n').filter(Boolean);

it('a file with more than twice what is kept is cut to the newest when it is opened', async () => {
  const first = await VerdictCache.open(dir);
  for (const key of ['a', 'b', 'c', 'd', 'e']) await first.put(key, passed);
  await first.close();
  const second = await VerdictCache.open(dir, 2);
  expect(['c', 'd', 'e'].map((key) => second.get(key))).toEqual([undefined, passed, passed]);
  await second.put('f', passed);
  await second.close();
  expect((await linesOf()).map((line) => JSON.parse(line).key)).toEqual(['d', 'e', 'f']);
});

it('a file does not grow beyond that while it is open, however many come at once', async () => {
  const cache = await VerdictCache.open(dir, 10);
  for (let round = 0; round < 50; round += 1)
    await Promise.all(Array.from({ length: 7 }, (_, at) => cache.put(`${round}-${at}`, passed)));
  expect((await linesOf()).length).toBeLessThanOrEqual(2 * 10 + 7);
  expect(cache.get('49-6')).toEqual(passed);
  await cache.close();
  const next = await VerdictCache.open(dir, 10);
  expect(next.get('49-6')).toEqual(passed);
  await next.close();
});
