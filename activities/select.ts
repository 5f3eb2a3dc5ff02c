import { sampleRowSchema, type TrainingRow, verdictRowSchema } from '../contract/rows.js';
import type { SelectArgs, SelectResult } from '../contract/steps.js';
import { taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { parseCompletion } from '../core/prompt/parse.js';
import { promptRenderer, repairMessages, type ShotTask } from '../core/prompt/repair.js';
import { renderAnswer } from '../core/prompt/template.js';
import { type SelectionCandidate, selectSamples } from '../core/select/select.js';
import type { Deps } from './deps.js';
import { getRows, putRows } from './rows.js';

type Judged = SelectionCandidate & { program: string };

/** Chooses a round's training set B_i and renders it as tuned models will be asked: zero-shot. */
export const select = async (deps: Deps, args: SelectArgs): Promise<SelectResult> => {
  const problems = await problemsById(deps, args);
  const render = promptRenderer(args.traceMaxChars);
  const { kept, leftOut } = selectSamples(await judgedSamples(deps, args, problems), args.rules, args.seed);
  const rows = kept.flatMap((judged): TrainingRow[] => {
    const problem = problems.get(judged.taskId);
    if (!problem) return [];
    const { taskId, index, rationale, program } = judged;
    const messages = repairMessages(problem, [], args.format, render);
    return [{ taskId, index, messages, completion: renderAnswer(rationale, program) }];
  });
  return {
    training: await putRows(deps.store, rows),
    tasksSolved: new Set(rows.map(({ taskId }) => taskId)).size,
    leftOut,
  };
};

const problemsById = async (deps: Deps, { problems }: SelectArgs): Promise<Map<string, ShotTask>> => {
  const traces = await getRows(deps.store, problems.traces, taskTraceSchema);
  const tasks = await getRows(deps.store, problems.tasks, taskSchema);
  return new Map(
    tasks.flatMap((task, at) => {
      const trace = traces[at];
      return trace ? [[task.id, { task, trace }] as const] : [];
    }),
  );
};

const judgedSamples = async (deps: Deps, args: SelectArgs, problems: Map<string, ShotTask>): Promise<Judged[]> => {
  const rows: Omit<Judged, 'normalised' | 'buggyNormalised'>[] = [];
  for (const shard of args.shards) {
    const verdicts = await getRows(deps.store, shard.verdicts, verdictRowSchema);
    const verdictOf = new Map(verdicts.map((verdict) => [`${verdict.taskId}\n${verdict.index}`, verdict]));
    for (const { taskId, index, completion } of await getRows(deps.store, shard.samples, sampleRowSchema)) {
      const verdict = verdictOf.get(`${taskId}\n${index}`);
      const parsed = parseCompletion(completion);
      if (!verdict) continue;
      const { rationale, program } = parsed.ok ? parsed : { rationale: '', program: '' };
      rows.push({ taskId, index, verdict: verdict.verdict, reason: verdict.reason, rationale, program });
    }
  }
  return await withNormalised(deps, rows, problems);
};

const withNormalised = async (
  deps: Deps,
  rows: Omit<Judged, 'normalised' | 'buggyNormalised'>[],
  problems: Map<string, ShotTask>,
): Promise<Judged[]> => {
  const taskIds = [...problems.keys()];
  const buggy = await deps.normaliser.normalise(taskIds.map((id) => problems.get(id)?.task.buggy ?? ''));
  const buggyOf = new Map(taskIds.map((id, at) => [id, buggy[at] ?? null]));
  const fixes = await deps.normaliser.normalise(rows.map(({ program }) => program));
  return rows.map((row, at) => ({
    ...row,
    normalised: row.program === '' ? null : (fixes[at] ?? null),
    buggyNormalised: buggyOf.get(row.taskId) ?? null,
  }));
};
