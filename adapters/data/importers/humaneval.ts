import { humanEvalProblem, humanEvalProgram, humanEvalRowSchema } from '../../../core/data/humaneval.js';
import { checkRow, placeOf, readRows } from '../rows.js';
import type { Importer } from './importer.js';

/** OpenAI's HumanEval.jsonl: its `check` function is taken apart into one test for each assert. */
export const importHumanEval: Importer = async function* ({ paths, reader }) {
  for (const path of paths) {
    for await (const raw of readRows(path)) {
      const row = checkRow(humanEvalRowSchema, raw);
      const { task_id, test, entry_point } = row.value;
      const read = await reader.checkFunction({ program: humanEvalProgram(row.value), test, entryPoint: entry_point });
      const at = { place: placeOf(row), id: task_id };
      yield read.ok ? { ...at, task: humanEvalProblem(row.value, read) } : { ...at, reason: read.reason };
    }
  }
};
