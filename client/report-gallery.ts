import { traceFormatSchema } from '../contract/config.js';
import type { EvaluationRecord } from '../contract/manifest.js';
import { sampleRowSchema, type VerdictRow } from '../contract/rows.js';
import { type Task, taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { bestCheckpoint } from '../core/select/best.js';
import { type TaskTally, tallyByTask } from '../core/statistics/score.js';
import { annotateTrace } from '../core/trace/index.js';
import type { Example, Gallery, ScoredModel } from '../report/data.js';
import type { CampaignReader, SealedRound } from './campaign-reader.js';
import { verdictsOf } from './report-verdicts.js';

const maxSolved = 6;
const maxFailed = 4;

/** A judged sample with all that is needed to choose it. */
interface Judged {
  record: EvaluationRecord;
  split: Example['split'];
  at: number;
  task: Task;
  verdict: VerdictRow;
  tally: TaskTally;
}

/** Answers of the best model to held-out bugs, of dev and then of test. Undefined where no model was scored. */
export const collectGallery = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  { dev, test }: { dev: readonly ScoredModel[]; test: readonly ScoredModel[] },
): Promise<Gallery | undefined> => {
  if (dev.length === 0) return undefined;
  const { round } = bestCheckpoint(dev.map((model) => ({ round: model.round, devPassAt1: passAt1(model) })));
  const records = heldOut(sealed, round);
  const judged = (await Promise.all(records.map((record) => judgedOf(reader, record)))).flat();
  const tallies = [...new Map(judged.map((one) => [one.tally, one.tally])).values()];
  const baseTallies = new Map(
    [...dev, ...test]
      .filter((model) => model.round === 0)
      .flatMap(({ tallies: of }) => of.map((tally) => [tally.taskId, tally])),
  );
  const format = traceFormatSchema.catch('inline').parse(await formatOf(reader, sealed));
  const complete = (one: Judged): Promise<Example> => exampleOf(reader, one, format, baseTallies.get(one.task.id));
  return {
    round,
    tasks: tallies.length,
    tasksSolved: tallies.filter(({ passes }) => passes > 0).length,
    solved: await Promise.all(chooseSolved(judged).map(complete)),
    failed: await Promise.all(chooseFailed(judged).map(complete)),
  };
};

const passAt1 = ({ score }: ScoredModel): number => {
  const first = score.passAtK.find(({ k }) => k === 1);
  return first && 'mean' in first ? first.mean : 0;
};

/** The round's dev evaluation, and the test split's of the same model where the campaign has come so far. */
const heldOut = (sealed: readonly SealedRound[], round: number): EvaluationRecord[] => {
  const dev = sealed.find(({ entry }) => entry.kind === (round === 0 ? 'base' : 'round') && entry.round === round);
  const model = dev?.manifest.content.evaluations[0]?.model.digest;
  const end = sealed.find(({ entry }) => entry.kind === 'campaign');
  const test = end?.manifest.content.evaluations.filter(
    (record) => record.name.endsWith('-test') && record.model.digest === model,
  );
  return [...(dev?.manifest.content.evaluations ?? []), ...(test ?? [])];
};

/** The format the model saw; a campaign without traces is shown with one all the same, for the reader's sake. */
const formatOf = async (reader: CampaignReader, sealed: readonly SealedRound[]): Promise<string> => {
  const digest = sealed[0]?.manifest.content.configuration;
  if (digest === undefined) return 'inline';
  const config = JSON.parse(String(await reader.store.get(digest))) as { sampling?: { traceFormat?: string } };
  const format = config.sampling?.traceFormat ?? 'inline';
  return format === 'none' ? 'inline' : format;
};

const judgedOf = async (reader: CampaignReader, record: EvaluationRecord): Promise<Judged[]> => {
  const tasks = await reader.rows(record.problems.tasks, taskSchema);
  const verdicts = await verdictsOf(reader, record);
  const split = record.name.endsWith('test') ? 'test' : 'dev';
  const places = new Map(tasks.map((task, at) => [task.id, at]));
  const tallies = tallyByTask(tasks, verdicts);
  return verdicts.flatMap((verdict) => {
    const at = places.get(verdict.taskId);
    const task = at === undefined ? undefined : tasks[at];
    const tally = at === undefined ? undefined : tallies[at];
    return at === undefined || !task || !tally ? [] : [{ record, split, at, task, verdict, tally }];
  });
};

/** Shortest program first; dev before test where they are equal, for the sort is stable. */
const shortestFirst = (judged: readonly Judged[]): Judged[] =>
  [...judged].sort((a, b) => (a.task.buggy?.length ?? 0) - (b.task.buggy?.length ?? 0));

const onePerProblem = (judged: readonly Judged[]): Judged[] => {
  const seen = new Set<string>();
  return judged.filter(({ task }) => !seen.has(task.problemId) && seen.add(task.problemId));
};

export const chooseSolved = (judged: readonly Judged[]): Judged[] =>
  onePerProblem(shortestFirst(judged.filter(({ verdict }) => verdict.verdict === 'pass'))).slice(0, maxSolved);

/** One of each reason in turn, the most frequent reason first, of tasks that no sample solved. */
export const chooseFailed = (judged: readonly Judged[]): Judged[] => {
  const failed = judged.filter(({ verdict, tally }) => verdict.verdict === 'fail' && tally.passes === 0);
  const byReason = new Map<string, Judged[]>();
  for (const one of shortestFirst(failed)) {
    byReason.set(one.verdict.reason, [...(byReason.get(one.verdict.reason) ?? []), one]);
  }
  const queues = [...byReason.values()].sort((a, b) => b.length - a.length);
  const turns = Math.max(0, ...queues.map((queue) => queue.length));
  const inTurn = Array.from({ length: turns }, (_, turn) => queues.flatMap((queue) => queue[turn] ?? [])).flat();
  return onePerProblem(inTurn).slice(0, maxFailed);
};

const exampleOf = async (
  reader: CampaignReader,
  { record, split, at, task, verdict, tally }: Judged,
  format: Parameters<typeof annotateTrace>[0],
  baseTally: TaskTally | undefined,
): Promise<Example> => {
  const trace = (await reader.rows(record.problems.traces, taskTraceSchema))[at];
  if (!trace) throw new RangeError(`task ${task.id} has no trace`);
  for (const { samples } of record.shards) {
    const found = (await reader.rows(samples, sampleRowSchema)).find(
      ({ taskId, index }) => taskId === task.id && index === verdict.index,
    );
    if (!found) continue;
    const annotated = annotateTrace(format, trace, task.buggy ?? '');
    return { split, task, trace: annotated, sample: found, verdict, tally, ...(baseTally && { baseTally }) };
  }
  throw new RangeError(`sample ${verdict.index} of task ${task.id} is in no shard`);
};
