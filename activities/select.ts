import { sampleRowSchema, type TrainingRow, type VerdictRow, verdictRowSchema } from '../contract/rows.js';
import type { SelectArgs, SelectResult } from '../contract/steps.js';
import { taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { checkRationale, faithfulnessOf } from '../core/faithfulness/check.js';
import { parseCompletion } from '../core/prompt/parse.js';
import { repairMessages, type ShotTask } from '../core/prompt/repair.js';
import { renderAnswer } from '../core/prompt/template.js';
import { type SelectionCandidate, selectSamples } from '../core/select/select.js';
import type { Deps } from './deps.js';
import { promptRendererFor } from './prompt-renderer.js';
import { eachRows, getRows, putRows } from './rows.js';

type Judged = SelectionCandidate & { program: string };

/** Chooses a round's training set B_i and renders it as tuned models will be asked: zero-shot. */
export const select = async (deps: Deps, args: SelectArgs): Promise<SelectResult> => {
  const problems = await problemsById(deps, args);
  // Undefined in the histories of campaigns that began before the setting was there.
  const withRationale = args.withRationale !== false;
  const rules = { ...args.rules, withRationale };
  const { kept, leftOut } = selectSamples(await judgedSamples(deps, args, problems), rules, args.seed);
  const shown = [...new Set(kept.map(({ taskId }) => taskId))].flatMap((taskId) => problems.get(taskId) ?? []);
  const { traceMaxChars, trace, modelConfig, format } = args;
  const render = await promptRendererFor(deps, { format, sampling: { traceMaxChars, trace }, modelConfig }, shown);
  const rows = kept.flatMap((judged): TrainingRow[] => {
    const problem = problems.get(judged.taskId);
    if (!problem) return [];
    const { taskId, index, rationale, program } = judged;
    const messages = repairMessages(problem, [], args.format, render, withRationale);
    return [{ taskId, index, messages, completion: renderAnswer(withRationale ? rationale : '', program) }];
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

type Unnamed = Omit<Judged, 'normalised' | 'buggyNormalised'>;

/** Programs named in one run of the normaliser, so that its start costs little and their text stays bounded. */
const batchSize = 4096;

const judgedSamples = async (deps: Deps, args: SelectArgs, problems: Map<string, ShotTask>): Promise<Judged[]> => {
  const buggyOf = await normalisedBugs(deps, problems);
  const judged: Judged[] = [];
  let batch: Unnamed[] = [];
  const nameBatch = async (): Promise<void> => {
    const fixes = await deps.normaliser.normalise(batch.map(({ program }) => program));
    for (const [at, row] of batch.entries()) {
      const normalised = row.program === '' ? null : (fixes[at] ?? null);
      const problem = problems.get(row.taskId);
      const faithfulness = problem && faithfulnessOf(checkRationale(row.rationale, problem));
      judged.push({ ...row, normalised, buggyNormalised: buggyOf.get(row.taskId) ?? null, faithfulness });
    }
    batch = [];
  };
  for (const shard of args.shards) {
    batch.push(...(await shardSamples(deps, shard, args.rules.keep)));
    if (batch.length >= batchSize) await nameBatch();
  }
  await nameBatch();
  return judged;
};

/** A shard's samples with their verdicts; the text only of those whose verdict may be trained on. */
const shardSamples = async (
  { store }: Deps,
  shard: SelectArgs['shards'][number],
  keep: SelectArgs['rules']['keep'],
): Promise<Unnamed[]> => {
  const wanted = keep === 'passing' ? 'pass' : 'fail';
  const verdictOf = new Map<string, VerdictRow>();
  for await (const rows of eachRows(store, [shard.verdicts], verdictRowSchema))
    for (const row of rows) verdictOf.set(`${row.taskId}\n${row.index}`, row);
  const samples: Unnamed[] = [];
  for await (const rows of eachRows(store, [shard.samples], sampleRowSchema)) {
    for (const { taskId, index, completion } of rows) {
      const verdict = verdictOf.get(`${taskId}\n${index}`);
      if (!verdict) continue;
      const parsed = verdict.verdict === wanted ? parseCompletion(completion) : undefined;
      const { rationale, program } = parsed?.ok ? parsed : { rationale: '', program: '' };
      samples.push({ taskId, index, verdict: verdict.verdict, reason: verdict.reason, rationale, program });
    }
  }
  return samples;
};

const normalisedBugs = async (deps: Deps, problems: Map<string, ShotTask>): Promise<Map<string, string | null>> => {
  const buggy = await deps.normaliser.normalise([...problems.values()].map(({ task }) => task.buggy ?? ''));
  return new Map([...problems.keys()].map((id, at) => [id, buggy[at] ?? null]));
};
