import { InputError } from '../../../contract/failures.js';
import type { EvalPlusDataset, EvalPlusRow } from '../../../core/data/evalplus.js';
import type { ProgramReader } from '../program-reader.js';
import { placeOfLine, readTexts } from '../records.js';

export type PlacedRow = { place: string } & ({ id: string; row: EvalPlusRow } | { id: string; reason: string });

/** Rows of a file of MbppPlus or HumanEvalPlus, however packed. @throws InputError `file:line: reason` for a malformed one. */
export async function* readEvalPlusRows(
  paths: readonly string[],
  dataset: EvalPlusDataset,
  reader: ProgramReader,
): AsyncGenerator<PlacedRow> {
  for (const path of paths) {
    for await (const record of readTexts(path)) {
      const { text, ended } = record;
      const place = placeOfLine(path, record);
      const read = await reader.evalPlus(dataset, text);
      if (read.ok) yield { place, id: read.row.taskId, row: read.row };
      else if (read.malformed) {
        throw new InputError(`${place}: ${ended ? '' : 'the file ends in the middle of a row: '}${read.reason}`);
      } else yield { place, id: read.taskId ?? place, reason: read.reason };
    }
  }
}
