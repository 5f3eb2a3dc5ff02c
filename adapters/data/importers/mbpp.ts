import { mbppProblem, mbppRowSchema } from '../../../core/data/mbpp.js';
import { checkRow, placeOf, readRows } from '../rows.js';
import type { Importer } from './importer.js';

/** Google's mbpp.jsonl: the function that all tests call is the entry point. */
export const importMbpp: Importer = async function* ({ paths, reader }) {
  for (const path of paths) {
    for await (const raw of readRows(path)) {
      const row = checkRow(mbppRowSchema, raw);
      const { task_id, code, test_list, challenge_test_list } = row.value;
      const read = await reader.adopt(code, [...test_list, ...challenge_test_list]);
      const at = { place: placeOf(row), id: `mbpp/${task_id}` };
      yield read.ok ? { ...at, task: mbppProblem(row.value, read) } : { ...at, reason: read.reason };
    }
  }
};
