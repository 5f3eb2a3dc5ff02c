import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { InputError } from '../../contract/failures.js';
import { type Task, taskSchema } from '../../contract/task.js';
import type { Line } from './lines.js';
import { Columns, isParquet, readParquetRows, writeParquetRows } from './parquet.js';
import { placeOfLine, readRecords } from './records.js';

/** A parsed row and where it came from, for messages. */
export interface Row<Value = unknown> {
  value: Value;
  file: string;
  line: number;
  /** Its place, from 1, in a file that is one JSON array. */
  row?: number;
}

export const placeOf = ({ file, line, row }: Row): string =>
  placeOfLine(file, { number: line, ...(row !== undefined && { row }) });

/** A lone surrogate has no UTF-8 form, so no program with one could be run or digested. */
const refuseLoneSurrogates = (_key: string, value: unknown): unknown => {
  if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('text with half of a surrogate pair');
  return value;
};

const parseLine = (file: string, line: Line): unknown => {
  try {
    return /\\u[dD]/.test(line.text) ? JSON.parse(line.text, refuseLoneSurrogates) : JSON.parse(line.text);
  } catch (cause) {
    const reason = line.ended
      ? `not JSON: ${(cause as Error).message}`
      : `the file ends in the middle of a row: ${(cause as Error).message}`;
    throw new InputError(`${placeOfLine(file, line)}: ${reason}`, { cause });
  }
};

/**
 * The rows of a file, one at a time: JSON lines or one JSON array, plain or gzip, or Parquet, known by the first
 * bytes. Blank lines are passed over. The line of a Parquet row is its number, from 1.
 * @throws InputError `file:line: reason` at the first row that is no JSON, and for a damaged file.
 */
export async function* readRows(file: string): AsyncGenerator<Row> {
  if (await isParquet(file)) {
    let line = 0;
    for await (const value of readParquetRows(file)) yield { value, file, line: ++line };
    return;
  }
  for await (const record of readRecords(file)) {
    const { number: line, row } = record;
    yield { value: parseLine(file, record), file, line, ...(row !== undefined && { row }) };
  }
}

const describeIssue = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message;

/** Keys that a row has, for the message about one that it lacks. */
const keysOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'no keys: it is no object';
  const keys = Object.keys(value);
  return keys.length > 0 ? `the keys ${keys.slice(0, 20).join(', ')}` : 'no keys';
};

/** @throws InputError `file:line: key: reason` for every key of the row that the schema refuses. */
export const checkRow = <Schema extends z.ZodType>(schema: Schema, row: Row): Row<z.output<Schema>> => {
  const checked = schema.safeParse(row.value);
  if (!checked.success) {
    const issues = checked.error.issues.map(describeIssue).join('; ');
    throw new InputError(`${placeOf(row)}: ${issues} (the row has ${keysOf(row.value)})`);
  }
  return { ...row, value: checked.data };
};

/** Rows of task files in order, each checked, ids unique over all files. */
export async function* readTaskRows(files: readonly string[]): AsyncGenerator<Row<Task>> {
  const seen = new Map<string, string>();
  for (const file of files) {
    for await (const raw of readRows(file)) {
      const row = checkRow(taskSchema, raw);
      const earlier = seen.get(row.value.id);
      if (earlier)
        throw new InputError(`${placeOf(row)}: id ${JSON.stringify(row.value.id)} is already that of ${earlier}`);
      seen.set(row.value.id, placeOf(row));
      yield row;
    }
  }
}

/**
 * All tasks (or problems) of a JSON-lines file, plain or gzip, in order.
 * @throws InputError `file:line: reason` for a row that is cut, no JSON, no task, or repeats an id.
 */
export const readTasks = async (path: string): Promise<Task[]> => {
  const tasks: Task[] = [];
  for await (const row of readTaskRows([path])) tasks.push(row.value);
  return tasks;
};

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const writeLines = async (
  path: string,
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  columns: Columns,
): Promise<number> => {
  const file = await open(path, 'wx');
  let count = 0;
  try {
    for await (const row of rows) {
      await file.write(`${JSON.stringify(row)}\n`);
      columns.add(row as object);
      count += 1;
    }
    await file.sync();
    return count;
  } finally {
    await file.close();
  }
};

async function* valuesOf(path: string): AsyncGenerator<object> {
  for await (const { value } of readRows(path)) yield value as object;
}

const syncFile = async (path: string): Promise<void> => {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
};

/**
 * Writes JSON lines, or Parquet where the name ends in `.parquet`, so that the path holds the old content or all of the
 * new: temporary file, sync, rename. Without a row there is an empty file, or with `keepOldWhenEmpty` whatever was there
 * before. Returns the number of rows written.
 */
export const writeRows = async (
  path: string,
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  { keepOldWhenEmpty = false } = {},
): Promise<number> => {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const asParquet = `${temporary}.parquet`;
  try {
    const columns = new Columns();
    const count = await writeLines(temporary, rows, columns);
    if (count === 0 && keepOldWhenEmpty) return 0;
    if (path.endsWith('.parquet')) {
      await writeParquetRows(asParquet, valuesOf(temporary), columns);
      await syncFile(asParquet);
    }
    await rename(path.endsWith('.parquet') ? asParquet : temporary, path);
    await syncFolder(folder);
    return count;
  } finally {
    await rm(temporary, { force: true });
    await rm(asParquet, { force: true });
  }
};
