import type { EvaluationRecord } from '../contract/manifest.js';
import { type SampleRow, sampleRowSchema, verdictRowSchema } from '../contract/rows.js';
import { type Task, taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { parseCompletion } from '../core/prompt/parse.js';
import { renderTrace } from '../core/trace/index.js';
import type { CampaignReader } from './campaign-reader.js';

export interface SolvedExample {
  task: Task;
  annotated: string;
  rationale: string;
  fix: string;
  model: string;
}

/** A held-out task that the newest scored model solved: the shortest program, for it is the easiest to read. */
export const findSolvedExample = async (
  reader: CampaignReader,
  campaign: string,
): Promise<SolvedExample | undefined> => {
  const records = (await reader.sealed(campaign)).flatMap(({ manifest }) => manifest.content.evaluations);
  for (const record of records.filter(({ name }) => name === 'dev').reverse()) {
    const example = await exampleOf(reader, record);
    if (example) return example;
  }
  return undefined;
};

const exampleOf = async (reader: CampaignReader, record: EvaluationRecord): Promise<SolvedExample | undefined> => {
  const tasks = await reader.rows(record.problems.tasks, taskSchema);
  const traces = await reader.rows(record.problems.traces, taskTraceSchema);
  const passing = await passingSamples(reader, record);
  const solved = tasks
    .flatMap((task, at) => {
      const sample = passing.find(({ taskId }) => taskId === task.id);
      const trace = traces[at];
      return sample && trace ? [{ task, trace, sample }] : [];
    })
    .sort((a, b) => (a.task.buggy?.length ?? 0) - (b.task.buggy?.length ?? 0))[0];
  if (!solved) return undefined;
  const parsed = parseCompletion(solved.sample.completion);
  if (!parsed.ok) return undefined;
  const annotated = renderTrace('inline', solved.trace, solved.task.buggy ?? '');
  return { task: solved.task, annotated, rationale: parsed.rationale, fix: parsed.program, model: record.model.model };
};

const passingSamples = async (reader: CampaignReader, { shards }: EvaluationRecord): Promise<SampleRow[]> => {
  const found: SampleRow[] = [];
  for (const { samples, verdicts } of shards) {
    const passed = (await reader.rows(verdicts, verdictRowSchema)).filter(({ verdict }) => verdict === 'pass');
    const keys = new Set(passed.map(({ taskId, index }) => `${taskId}\n${index}`));
    found.push(
      ...(await reader.rows(samples, sampleRowSchema)).filter((row) => keys.has(`${row.taskId}\n${row.index}`)),
    );
  }
  return found.filter((row) => parseCompletion(row.completion).ok && row.completion.trim().length > 0);
};
