import { sampleRowSchema, type TrainingRow, type VerdictRow, verdictRowSchema } from '../contract/rows.js';
import type { SelectArgs, SelectResult } from '../contract/steps.js';
import { taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { checkRationale, faithfulnessOf } from '../core/faithfulness/check.js';
import { parseCompletion } from '../core/prompt/parse.js';
import { repairMessages, type ShotTask } from '../core/prompt/repair.js';
import { renderAnswer } from '../core/prompt/template.js';
import { type SelectionCandidate, selector } from '../core/select/select.js';
import type { Deps } from './deps.js';
import { promptRendererFor } from './prompt-renderer.js';
import { eachRows, getRows, putRows } from './rows.js';

type Judged = SelectionCandidate & { program: string };

/** Chooses a round's training set B_i and renders it as tuned models will be asked: zero-shot. */
export const select = async (deps: Deps, args: SelectArgs): Promise<SelectResult> => {
  const problems = await problemsById(deps, args);
  // Undefined in the histories of campaigns that began before the setting was there.
  const withRationale = args.withRationale !== false;
  const chosen = selector<Judged>({ ...args.rules, withRationale }, args.seed);
  for await (const batch of judgedSamples(deps, args, problems)) for (const judged of batch) chosen.offer(judged);
  const { kept, leftOut } = chosen.result();
  const tasks = new Set(kept.flatMap(({ taskId }) => (problems.has(taskId) ? [taskId] : [])));
  const shown = [...tasks].flatMap((taskId) => problems.get(taskId) ?? []);
  const { traceMaxChars, trace, modelConfig, format } = args;
  const render = await promptRendererFor(deps, { format, sampling: { traceMaxChars, trace }, modelConfig }, shown);
  const messagesOf = (problem: ShotTask) => repairMessages(problem, [], format, render, withRationale);
  return {
    training: await putRows(deps.store, trainingRows(kept, problems, messagesOf, withRationale)),
    tasksSolved: tasks.size,
    leftOut,
  };
};

const trainingRows = function* (
  kept: readonly Judged[],
  problems: Map<string, ShotTask>,
  messagesOf: (problem: ShotTask) => TrainingRow['messages'],
  withRationale: boolean,
): Generator<TrainingRow> {
  let asked: { taskId: string; messages: TrainingRow['messages'] } | undefined;
  for (const { taskId, index, rationale, program } of kept) {
    const problem = problems.get(taskId);
    if (!problem) continue;
    if (asked?.taskId !== taskId) asked = { taskId, messages: messagesOf(problem) };
    const completion = renderAnswer(withRationale ? rationale : '', program);
    yield { taskId, index, messages: asked.messages, completion };
  }
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

/** Batch by batch; the next one is read while the normaliser names the one before. */
const judgedSamples = async function* (
  deps: Deps,
  args: SelectArgs,
  problems: Map<string, ShotTask>,
): AsyncGenerator<Judged[]> {
  const buggyOf = await normalisedBugs(deps, problems);
  const asksClaims = (args.rules.faithfulness ?? 'any') !== 'any';
  const nameBatch = async (rows: Unnamed[]): Promise<Judged[]> => {
    const fixes = await deps.normaliser.normalise(rows.map(({ program }) => program));
    return rows.map((row, at) => {
      const problem = asksClaims ? problems.get(row.taskId) : undefined;
      const faithfulness = problem && faithfulnessOf(checkRationale(row.rationale, problem));
      const normalised = row.program === '' ? null : (fixes[at] ?? null);
      return { ...row, normalised, buggyNormalised: buggyOf.get(row.taskId) ?? null, faithfulness };
    });
  };
  let batch: Unnamed[] = [];
  let naming: Promise<Judged[]> = Promise.resolve([]);
  for (const shard of args.shards) {
    batch.push(...(await shardSamples(deps, shard, args.rules.keep)));
    if (batch.length < batchSize) continue;
    yield await naming;
    naming = nameBatch(batch);
    // Awaited above or below; a shard that can't be read meanwhile is told first.
    naming.catch(() => undefined);
    batch = [];
  }
  yield await naming;
  yield await nameBatch(batch);
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
