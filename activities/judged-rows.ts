import type { RowsRef } from '../contract/digest.js';
import { verdictRowSchema } from '../contract/rows.js';
import type { Verdict } from '../contract/verdict.js';
import type { ObjectStore } from './ports.js';
import { eachRows } from './rows.js';

/** What scores are made of: without the outcomes of single tests, which at a paper's size fill hundreds of megabytes. */
export const judgedRows = async (
  store: ObjectStore,
  verdicts: readonly RowsRef[],
): Promise<Pick<Verdict, 'taskId' | 'verdict' | 'reason'>[]> => {
  const judged: Pick<Verdict, 'taskId' | 'verdict' | 'reason'>[] = [];
  for await (const rows of eachRows(store, verdicts, verdictRowSchema)) {
    for (const { taskId, verdict, reason } of rows) judged.push({ taskId, verdict, reason });
  }
  return judged;
};
