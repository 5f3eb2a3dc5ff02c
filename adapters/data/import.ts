import { InputError } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { mbppProblem, mbppRowSchema } from '../../core/data/mbpp.js';
import type { ProgramReader } from './program-reader.js';
import { checkRow, placeOf, readRows, readTaskRows } from './rows.js';

/** A row that is well formed but can't be used, and why. */
export interface Refusal {
  /** `file:line`. */
  place: string;
  id: string;
  reason: string;
}

export interface Imported {
  taken: Task[];
  refused: Refusal[];
}

type Importer = (files: readonly string[], reader: ProgramReader) => Promise<Imported>;

const importMbpp: Importer = async (files, reader) => {
  const imported: Imported = { taken: [], refused: [] };
  const places = new Map<number, string>();
  for (const file of files) {
    for await (const raw of readRows(file)) {
      const row = checkRow(mbppRowSchema, raw);
      const id = row.value.task_id;
      const earlier = places.get(id);
      if (earlier) throw new InputError(`${placeOf(row)}: task_id ${id} is already that of ${earlier}`);
      places.set(id, placeOf(row));
      const read = await reader.adopt(row.value.code, [...row.value.test_list, ...row.value.challenge_test_list]);
      if (read.ok) imported.taken.push(mbppProblem(row.value, read));
      else imported.refused.push({ place: placeOf(row), id: `mbpp/${id}`, reason: read.reason });
    }
  }
  return imported;
};

const importJsonLines: Importer = async (files, reader) => {
  const imported: Imported = { taken: [], refused: [] };
  for await (const row of readTaskRows(files)) {
    const read = await reader.check(row.value);
    if (read.ok) imported.taken.push(row.value);
    else imported.refused.push({ place: placeOf(row), id: row.value.id, reason: read.reason });
  }
  return imported;
};

/**
 * The formats that `nextune data import` takes. A file that is cut, malformed or repeats an id is refused whole
 * (InputError); a sound row whose program can't be used is refused alone.
 */
export const importers = { mbpp: importMbpp, jsonl: importJsonLines } as const satisfies Record<string, Importer>;
export type ImportFormat = keyof typeof importers;
export const isImportFormat = (name: string): name is ImportFormat => Object.hasOwn(importers, name);
