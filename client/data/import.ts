import { join } from 'node:path';
import type { Work } from '../../activities/ports.js';
import { importTasks, type Refusal } from '../../adapters/data/import.js';
import { inOrder } from '../../adapters/data/importers/in-order.js';
import { formatsOfBugs, importers, isImportFormat } from '../../adapters/data/importers/index.js';
import { withCpuLimit } from '../../adapters/data/importers/reference.js';
import { openProgramReader } from '../../adapters/data/program-reader.js';
import { pullSet } from '../../adapters/data/pull.js';
import { writeRows } from '../../adapters/data/rows.js';
import { showFailures } from '../../adapters/data/show-failure.js';
import type { SandboxVerifier } from '../../adapters/sandbox/verifier.js';
import { InputError } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { publicSets } from '../../core/data/public-sets.js';
import { splitOf } from './task-files.js';

/** References run for their CPU time at once. */
const tasksAtOnce = 8;

/** The formats that `importData` takes. */
export const importFormats = Object.keys(importers);

export interface ImportReport {
  taken: number;
  splits: Record<string, number>;
  /** Rows that were sound but can't be used. */
  refused: Refusal[];
  output: string;
}

export interface ImportRequest {
  format: string;
  /** None: the public set of the format's name is pulled. */
  paths: readonly string[];
  output: string;
  /** HumanEvalPlus's file, for `humanevalpack`: HeFix+. */
  plus?: string;
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
  { format, paths, output, plus }: ImportRequest,
  { openVerifier, signal, onProgress }: { openVerifier: () => Promise<SandboxVerifier> } & Work<ImportProgress>,
): Promise<ImportReport> => {
  if (!isImportFormat(format)) throw new InputError(`no format ${format}: there are ${importFormats.join(', ')}`);
  const files = paths.length > 0 ? paths : [await pulled(format)];
  const reader = openProgramReader();
  const refused: Refusal[] = [];
  if (plus !== undefined && format !== 'humanevalpack') throw new InputError('--plus goes with humanevalpack alone');
  let verifier: Promise<SandboxVerifier> | undefined;
  const openSandbox = (): Promise<SandboxVerifier> => {
    verifier ??= openVerifier();
    return verifier;
  };
  const source = { paths: files, reader, openSandbox, ...(plus !== undefined && { plus }) };
  const imported = importTasks(importers[format], source, (refusal) => refused.push(refusal));
  const limited = inOrder(imported, tasksAtOnce, async (task) => withCpuLimit(await openSandbox(), task));
  const read = formatsOfBugs.has(format) ? showFailures(limited, await openSandbox()) : limited;
  const splits = new Map<string, number>();
  let taken = 0;
  const counted = async function* (): AsyncGenerator<Task> {
    for await (const task of read) {
      signal?.throwIfAborted();
      taken += 1;
      splits.set(splitOf(task), (splits.get(splitOf(task)) ?? 0) + 1);
      onProgress?.({ taken, refused: refused.length });
      yield task;
    }
  };
  try {
    await writeRows(output, counted(), { keepOldWhenEmpty: true });
    if (taken + refused.length === 0) throw new InputError(`${files.join(', ')}: no row in it`);
    return { taken, splits: Object.fromEntries([...splits].sort()), refused, output };
  } finally {
    reader.close();
    await (await verifier?.catch(() => undefined))?.close();
  }
};

/** Where pulled sets are kept, from the folder that the command runs in. */
const pulledFolder = join('.nextune', 'data');

const pulled = (format: string): Promise<string> => {
  const set = publicSets[format];
  if (set) return pullSet(format, set, pulledFolder);
  throw new InputError(`${format} needs its files: only ${Object.keys(publicSets).join(', ')} can be pulled by name`);
};
