import type { RowsRef } from '../contract/digest.js';
import type { TracedTasks } from '../contract/steps.js';
import { taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { hardTaskIds } from '../core/select/hard-problems.js';
import { tallyByTask } from '../core/statistics/score.js';
import type { Deps } from './deps.js';
import { judgedRows } from './judged-rows.js';
import { getRows, putRows } from './rows.js';

/** Algorithm 1's D_H: keeps the tasks whose pass@1 under the base model lies below m, with their traces. */
export const filterHard = async (
  deps: Deps,
  { problems, verdicts, m }: { problems: TracedTasks; verdicts: RowsRef[]; m: number },
): Promise<TracedTasks> => {
  const tasks = await getRows(deps.store, problems.tasks, taskSchema);
  const traces = await getRows(deps.store, problems.traces, taskTraceSchema);
  const hard = hardTaskIds(tallyByTask(tasks, await judgedRows(deps.store, verdicts)), m);
  return {
    tasks: await putRows(
      deps.store,
      tasks.filter((task) => hard.has(task.id)),
    ),
    traces: await putRows(
      deps.store,
      traces.filter((trace) => hard.has(trace.taskId)),
    ),
  };
};
