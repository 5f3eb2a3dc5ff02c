import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { taskFilesOf } from '../../adapters/data/problem-files.js';
import { readTaskRows } from '../../adapters/data/rows.js';
import { InputError } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';

/** A task's split as a report names it. */
export const splitOf = ({ split }: Task): string => split ?? 'none';

/** All tasks or problems of files and folders. @throws InputError for malformed rows, and where there are none. */
export const readProblems = async (paths: readonly string[]): Promise<Task[]> => {
  const problems: Task[] = [];
  for await (const row of readTaskRows(await taskFilesOf(paths))) problems.push(row.value);
  if (problems.length === 0) throw new InputError(`${paths.join(', ')}: no problem in it`);
  return problems;
};

export const fileDigest = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
};
