import type { ScoreArgs, ScoreSummary } from '../contract/steps.js';
import { taskSchema } from '../contract/task.js';
import { canonicalJson } from '../core/canonical-json.js';
import { scoreVerdicts, summariseScore } from '../core/statistics/score.js';
import type { Deps } from './deps.js';
import { judgedRows } from './judged-rows.js';
import { getRows } from './rows.js';

/** pass@k of a model on a split, from its verdicts; the tallies by task go to the store. */
export const score = async (deps: Deps, { tasks, verdicts, k }: ScoreArgs): Promise<ScoreSummary> => {
  const rows = await judgedRows(deps.store, verdicts);
  const scored = scoreVerdicts(await getRows(deps.store, tasks, taskSchema), rows, k);
  return { score: await deps.store.put(canonicalJson(scored)), ...summariseScore(scored) };
};
