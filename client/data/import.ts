import type { Verifier, Work } from '../../activities/ports.js';
import { importTasks, type Refusal } from '../../adapters/data/import.js';
import { formatsOfBugs, importers, isImportFormat } from '../../adapters/data/importers/index.js';
import { openProgramReader } from '../../adapters/data/program-reader.js';
import { writeRows } from '../../adapters/data/rows.js';
import { showFailures } from '../../adapters/data/show-failure.js';
import { InputError } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { splitOf } from './task-files.js';

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
 * A set of bugs that does not tell visible tests from hidden ones is run once, so that each bug fails a visible test.
 * @throws InputError for an unknown format, and for a file that is cut, malformed or repeats an id.
 */
export const importData = async (
  { format, paths, output }: { format: string; paths: readonly string[]; output: string },
  { openVerifier, signal, onProgress }: { openVerifier: () => Promise<Verifier> } & Work<ImportProgress>,
): Promise<ImportReport> => {
  if (!isImportFormat(format)) throw new InputError(`no format ${format}: there are ${importFormats.join(', ')}`);
  const reader = openProgramReader();
  const refused: Refusal[] = [];
  const read = importTasks(importers[format], { paths, reader }, (refusal) => refused.push(refusal));
  const verifier = formatsOfBugs.has(format) ? await openVerifier() : undefined;
  const splits = new Map<string, number>();
  let taken = 0;
  const counted = async function* (): AsyncGenerator<Task> {
    for await (const task of verifier ? showFailures(read, verifier) : read) {
      signal?.throwIfAborted();
      taken += 1;
      splits.set(splitOf(task), (splits.get(splitOf(task)) ?? 0) + 1);
      onProgress?.({ taken, refused: refused.length });
      yield task;
    }
  };
  try {
    await writeRows(output, counted(), { keepOldWhenEmpty: true });
    return { taken, splits: Object.fromEntries([...splits].sort()), refused, output };
  } finally {
    reader.close();
    await verifier?.close();
  }
};
