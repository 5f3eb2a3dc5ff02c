import type { Deps } from '../../activities/deps.js';
import { getRows } from '../../activities/rows.js';
import { type SampleProgress, sample } from '../../activities/sample.js';
import { verify } from '../../activities/verify.js';
import type { CampaignConfig, ModelConfig, TraceFormat } from '../../contract/config.js';
import type { RowsRef } from '../../contract/digest.js';
import type { EvaluationArm } from '../../contract/evaluation.js';
import { sampleRowSchema, verdictRowSchema } from '../../contract/rows.js';
import type { ModelRef, TracedTasks } from '../../contract/steps.js';
import { type Task, taskSchema } from '../../contract/task.js';
import { taskTraceSchema } from '../../contract/trace.js';
import { rationaleOf } from '../../core/evaluation/proxy.js';
import { visibleVerdict } from '../../core/evaluation/visible.js';
import { checkRationale } from '../../core/faithfulness/check.js';
import { summariseFaithfulness } from '../../core/faithfulness/summary.js';
import { cutIntoShards } from '../../core/plan/shards.js';
import { scoreVerdicts, summariseScore } from '../../core/statistics/score.js';
import { persistently } from './persistent.js';

/** All that the arms of one evaluation share. */
export interface EvaluationSetting {
  deps: Deps;
  problems: TracedTasks;
  shots: TracedTasks;
  tasks: readonly Task[];
  seed: string;
  k: readonly number[];
  limits: { cpuLimitMs: number; memoryBytes: number };
  signal: AbortSignal;
  /** First with nothing done, when an arm begins. */
  onProgress: (progress: { arm: string } & SampleProgress) => void;
  onRetry: (message: string) => void;
}

export interface ArmRequest {
  name: string;
  model: ModelRef;
  modelConfig: ModelConfig;
  sampling: CampaignConfig['sampling'];
  format: TraceFormat;
  n: number;
}

/** Tasks sampled and judged before progress is on disk as a whole; single answers are in the ledger before. */
const sliceTasks = 16;

/** Asks and judges one arm, slice by slice. */
export const runArm = async (setting: EvaluationSetting, request: ArmRequest): Promise<EvaluationArm> => {
  const { deps, problems, shots, seed, signal, onRetry, onProgress, limits } = setting;
  const { name, ...asked } = request;
  const total = problems.tasks.rows * request.n;
  const samples: RowsRef[] = [];
  const verdicts: RowsRef[] = [];
  let promptTokens = 0;
  let recordedBefore = 0;
  onProgress({ arm: name, done: 0, total, recorded: 0 });
  for (const range of cutIntoShards(problems.tasks.rows, sliceTasks)) {
    const before = range.from * request.n;
    let recordedHere = 0;
    const tell = ({ done, recorded }: SampleProgress): void => {
      recordedHere = recorded;
      onProgress({ arm: name, done: before + done, total, recorded: recordedBefore + recorded });
    };
    const args = { campaign: 'eval', seed, problems, shots, range, ...asked };
    const drawn = await persistently(() => sample(deps, args, { signal, onProgress: tell }), { signal, onRetry });
    const judged = await persistently(
      () => verify(deps, { samples: drawn.samples, tasks: problems.tasks, limits }, { signal }),
      { signal, onRetry },
    );
    promptTokens += drawn.promptTokens;
    recordedBefore += recordedHere;
    samples.push(drawn.samples);
    verdicts.push(judged.verdicts);
  }
  return await scoreArm(setting, { ...request, samples, verdicts, promptTokens });
};

/** Scores rows that were drawn and judged, by all tests and by the visible ones alone. */
export const scoreArm = async (
  { deps, tasks, problems, k }: EvaluationSetting,
  arm: Pick<ArmRequest, 'name' | 'format' | 'n' | 'model'> &
    Pick<EvaluationArm, 'samples' | 'verdicts' | 'promptTokens'>,
): Promise<EvaluationArm> => {
  const { name, format, n, model, samples, verdicts, promptTokens } = arm;
  const judged = (await Promise.all(verdicts.map((ref) => getRows(deps.store, ref, verdictRowSchema)))).flat();
  const drawn = (await Promise.all(samples.map((ref) => getRows(deps.store, ref, sampleRowSchema)))).flat();
  const traces = await getRows(deps.store, problems.traces, taskTraceSchema);
  const evidence = new Map(tasks.map((task, at) => [task.id, { task, trace: traces[at] }]));
  const checked = drawn.flatMap(({ taskId, completion }) => {
    const found = evidence.get(taskId);
    return found?.trace ? [checkRationale(rationaleOf(completion), { task: found.task, trace: found.trace })] : [];
  });
  return {
    name,
    format,
    n,
    model,
    samples,
    verdicts,
    score: summariseScore(scoreVerdicts(tasks, judged, k)),
    visible: summariseScore(scoreVerdicts(tasks, judged.map(visibleVerdict), k)),
    completionTokens: drawn.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    promptTokens,
    faithfulness: summariseFaithfulness(checked),
  };
};

/** An arm's tasks as they are stored, for whoever reads an evaluation back. */
export const tasksOf = (deps: Pick<Deps, 'store'>, ref: RowsRef): Promise<Task[]> =>
  getRows(deps.store, ref, taskSchema);
