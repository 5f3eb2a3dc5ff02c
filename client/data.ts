import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Verifier, Work } from '../activities/ports.js';
import { type BuildPlan, type BuildProgress, buildTasks } from '../adapters/data/build.js';
import { importTasks, type Refusal } from '../adapters/data/import.js';
import { importers, isImportFormat } from '../adapters/data/importers/index.js';
import { taskFilesOf } from '../adapters/data/problem-files.js';
import { openProgramReader } from '../adapters/data/program-reader.js';
import { runReferences } from '../adapters/data/reference-runner.js';
import { readTaskRows, writeRows } from '../adapters/data/rows.js';
import { InputError } from '../contract/failures.js';
import type { Task } from '../contract/task.js';
import { countBy } from '../core/data/count.js';

/** The formats that `importData` takes. */
export const importFormats = Object.keys(importers);

export interface ImportReport {
  taken: number;
  splits: Record<string, number>;
  /** Rows that were sound but can't be used. */
  refused: Refusal[];
  output: string;
}

export interface ImportProgress {
  taken: number;
  refused: number;
}

/**
 * Takes files of a public format, or our own, into one task file, row by row. Writes nothing when no row could be taken.
 * @throws InputError for an unknown format, and for a file that is cut, malformed or repeats an id.
 */
export const importData = async (
  { format, paths, output }: { format: string; paths: readonly string[]; output: string },
  { signal, onProgress }: Work<ImportProgress> = {},
): Promise<ImportReport> => {
  if (!isImportFormat(format)) throw new InputError(`no format ${format}: there are ${importFormats.join(', ')}`);
  const reader = openProgramReader();
  const splits = new Map<string, number>();
  const refused: Refusal[] = [];
  let taken = 0;
  const tasks = async function* (): AsyncGenerator<Task> {
    for await (const task of importTasks(importers[format], { paths, reader }, (refusal) => refused.push(refusal))) {
      signal?.throwIfAborted();
      taken += 1;
      splits.set(splitOf(task), (splits.get(splitOf(task)) ?? 0) + 1);
      onProgress?.({ taken, refused: refused.length });
      yield task;
    }
  };
  try {
    await writeRows(output, tasks(), { keepOldWhenEmpty: true });
    return { taken, splits: Object.fromEntries([...splits].sort()), refused, output };
  } finally {
    reader.close();
  }
};

export interface BuildReport {
  problems: number;
  tasks: number;
  /** Candidate bugs that were run. */
  tried: number;
  splits: Record<string, number>;
  operators: Record<string, number>;
  /** Repair tasks with hidden tests, and how many of them got these from their reference. */
  hiddenTests: { tasks: number; fromReference: number };
  refused: { id: string; reason: string }[];
  output: string;
  /** Of the written file; null when nothing was written. */
  digest: string | null;
}

/**
 * Builds repair tasks from the problems in files and folders, and writes them in one step. Writes nothing when none
 * came out. The same problems and plan give the same bytes.
 * @throws InputError for problems that are malformed, missing, or in two splits.
 */
export const buildData = async (
  { paths, output, ...plan }: BuildPlan & { paths: readonly string[]; output: string },
  { openVerifier, ...work }: { openVerifier: () => Promise<Verifier> } & Work<BuildProgress>,
): Promise<BuildReport> => {
  const problems = await readProblems(paths);
  const verifier = await openVerifier();
  const reader = openProgramReader();
  try {
    const { tasks, refused, tried } = await buildTasks(problems, plan, { reader, verifier, runReferences, ...work });
    if (tasks.length > 0) await writeRows(output, tasks);
    const digest = tasks.length > 0 ? await fileDigest(output) : null;
    const operators = countBy(tasks, ({ mutation }) => (mutation as { operator: string }).operator);
    const splits = countBy(tasks, splitOf);
    const hiddenTests = {
      tasks: tasks.filter((task) => task.hiddenTests?.length).length,
      fromReference: tasks.filter((task) => task.hiddenTestsFrom === 'reference').length,
    };
    const counts = { problems: problems.length, tasks: tasks.length, tried, splits, operators, hiddenTests };
    return { ...counts, refused, output, digest };
  } finally {
    reader.close();
    await verifier.close();
  }
};

const splitOf = ({ split }: Task): string => split ?? 'none';

const readProblems = async (paths: readonly string[]): Promise<Task[]> => {
  const problems: Task[] = [];
  for await (const row of readTaskRows(await taskFilesOf(paths))) problems.push(row.value);
  if (problems.length === 0) throw new InputError(`${paths.join(', ')}: no problem in it`);
  return problems;
};

const fileDigest = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
};
