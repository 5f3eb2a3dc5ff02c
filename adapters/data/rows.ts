import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { InputError } from '../../contract/failures.js';
import { type Task, taskSchema } from '../../contract/task.js';
import { type Line, readLines } from './lines.js';

/** A parsed row and where it came from, for messages: `file:line`. */
export interface Row<Value = unknown> {
  value: Value;
  file: string;
  line: number;
}

export const placeOf = (row: Row): string => `${row.file}:${row.line}`;

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
    throw new InputError(`${file}:${line.number}: ${reason}`, { cause });
  }
};

/**
 * The rows of a JSON-lines file, plain or gzip, one at a time. Blank lines are passed over.
 * @throws InputError `file:line: reason` at the first line that is no JSON.
 */
export async function* readRows(file: string): AsyncGenerator<Row> {
  for await (const line of readLines(file)) {
    if (line.text.trim() === '') continue;
    yield { value: parseLine(file, line), file, line: line.number };
  }
}

const describeIssue = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message;

/** @throws InputError `file:line: key: reason` for every key of the row that the schema refuses. */
export const checkRow = <Schema extends z.ZodType>(schema: Schema, row: Row): Row<z.output<Schema>> => {
  const checked = schema.safeParse(row.value);
  if (!checked.success) throw new InputError(`${placeOf(row)}: ${checked.error.issues.map(describeIssue).join('; ')}`);
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

/**
 * Writes JSON lines so that the path holds the old content or all of the new: temporary file, sync, rename.
 * Without a row there is an empty file, or with `keepOldWhenEmpty` whatever was there before. Returns the rows written.
 */
export const writeRows = async (
  path: string,
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  { keepOldWhenEmpty = false } = {},
): Promise<number> => {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  let count = 0;
  try {
    const file = await open(temporary, 'wx');
    try {
      for await (const row of rows) {
        await file.write(`${JSON.stringify(row)}\n`);
        count += 1;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (count === 0 && keepOldWhenEmpty) await rm(temporary);
    else await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
  return count;
};
