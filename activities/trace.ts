import type { RowsRef } from '../contract/digest.js';
import { taskSchema } from '../contract/task.js';
import type { Deps } from './deps.js';
import type { Work } from './ports.js';
import { getRows, putRows } from './rows.js';

/** Traces a slice of tasks in the sandbox: a row for each, in the tasks' order. */
export const trace = async (
  deps: Deps,
  { tasks, range }: { tasks: RowsRef; range: { from: number; to: number } },
  work: Work,
): Promise<RowsRef> => {
  const slice = (await getRows(deps.store, tasks, taskSchema)).slice(range.from, range.to);
  const tracer = await deps.tracer();
  return await putRows(deps.store, await tracer.trace(slice, work));
};
