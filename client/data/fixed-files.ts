import { realpath, stat } from 'node:fs/promises';
import { isFolder } from '../../adapters/data/problem-files.js';
import { readRows, writeRows } from '../../adapters/data/rows.js';
import { InputError } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { dropsOf, type Finding } from '../../core/data/check/finding.js';

export interface FixedFiles {
  output: string;
  kept: number;
  dropped: number;
  record: string;
}

/** Beside the fixed file: every row that was dropped, and for what. */
const recordOf = (output: string): string => `${output.replace(/\.(jsonl|parquet)$/, '')}.dropped.jsonl`;

/** @throws InputError for what can't be written as a task file. To be asked before the work. */
export const refuseFixedOutput = async (output: string): Promise<void> => {
  const why = (await isFolder(output)) ? 'is a folder' : output.endsWith('.gz') ? 'would be written without gzip' : '';
  if (why) throw new InputError(`--fix: ${output} ${why}; name a file with -o, such as tasks.jsonl`);
};

const samePlace = async (one: string, other: string): Promise<boolean> => {
  const places = await Promise.all([one, other].map((path) => realpath(path).catch(() => undefined)));
  return places[0] !== undefined && places[0] === places[1];
};

/** What earlier fixes of the same file recorded: it has these rows no more. */
const earlierDrops = async (record: string, ids: ReadonlySet<string>): Promise<object[]> => {
  if (!(await stat(record).catch(() => undefined))) return [];
  const rows: object[] = [];
  for await (const { value } of readRows(record)) {
    const row = value as { id?: unknown };
    if (!ids.has(String(row.id))) rows.push(row);
  }
  return rows;
};

/**
 * Writes the tasks without a finding, and the others with theirs to the record. A file that is fixed in place keeps what
 * was recorded of it before.
 */
export const writeFixed = async (
  { paths, tasks, findings }: { paths: readonly string[]; tasks: readonly Task[]; findings: readonly Finding[] },
  output: string,
): Promise<FixedFiles> => {
  const drops = dropsOf(findings);
  const kept = tasks.filter(({ id }) => !drops.has(id));
  const record = recordOf(output);
  const dropped = tasks.flatMap((row) => {
    const why = drops.get(row.id)?.map(({ kind, detail }) => ({ kind, detail }));
    return why ? [{ id: row.id, why, row }] : [];
  });
  const inPlace = (await Promise.all(paths.map((path) => samePlace(path, output)))).includes(true);
  const earlier = inPlace ? await earlierDrops(record, new Set(tasks.map(({ id }) => id))) : [];
  // The record first: a row must never be gone from both.
  await writeRows(record, [...earlier, ...dropped]);
  await writeRows(output, kept);
  return { output, kept: kept.length, dropped: dropped.length, record };
};
