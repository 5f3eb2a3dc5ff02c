import { ApplicationFailure, executeChild, workflowInfo } from '@temporalio/workflow';
import type { CampaignConfig } from '../contract/config.js';
import { failureTypes } from '../contract/failures.js';
import type { EvaluationRecord } from '../contract/manifest.js';
import type { ModelRef, ShardResult, TracedTasks } from '../contract/steps.js';
import type { TraceFormat } from '../contract/trace-formats.js';
import { shardWorkflowId } from '../contract/workflow-ids.js';
import { cutIntoShards } from '../core/plan/shards.js';
import { mergeWorked } from '../core/progress/worked.js';
import { fanOut } from './fan-out.js';
import { control, titled } from './options.js';
import { reserve } from './reserve.js';
import type { shard } from './shard.js';
import type { Steering } from './steering.js';

/** What sampling needs to know of its campaign. */
export interface Setting {
  campaign: string;
  config: CampaignConfig;
  shots: TracedTasks;
  steering: Steering;
}

export interface Draw {
  /** Names the shards' ids: `train`, `dev`, `test`… */
  purpose: string;
  model: ModelRef;
  problems: TracedTasks;
  n: number;
  firstIndex?: number;
  format: TraceFormat;
  /** Shards of an earlier attempt, whose samples are judged anew. */
  sampled?: ShardResult[];
}

/** Samples and judges all problems of a draw, shard by shard, a bounded number at a time. */
export const sampleAndVerify = async (
  { campaign, config, shots, steering }: Setting,
  draw: Draw,
): Promise<ShardResult[]> => {
  const { purpose, sampled, ...asked } = draw;
  const tally = countShards(steering, draw);
  const shards = cutIntoShards(draw.problems.tasks.rows, config.shardTasks);
  const common = { campaign, seed: config.seed, modelConfig: config.model, sampling: config.sampling, shots, ...asked };
  const groupsOf = (tasks: number): number => tasks * Math.ceil(draw.n / config.sampling.groupSize);
  const results = await fanOut(shards, config.shardsInFlight, async (range, at) => {
    const title = `${purpose} ${at + 1}/${shards.length}`;
    const workflowId = shardWorkflowId(workflowInfo().workflowId, purpose, at);
    await reserve(steering, () => {
      const tasks = tally.tasksUnderWay() + range.to - range.from;
      return { campaign, config, groups: groupsOf(tasks), samples: tasks * draw.n, title };
    });
    tally.started(workflowId, range.to - range.from);
    const before = sampled?.[at];
    const result = await steering.gate.run(() =>
      executeChild<typeof shard>('shard', {
        workflowId,
        staticSummary: title,
        args: [{ sample: { ...common, range }, limits: config.verify, title, ...(before && { sampled: before }) }],
      }),
    );
    tally.ended(workflowId, result);
    return result;
  });
  refuseManyNone(results, config.verify.maxNoneShare, purpose);
  return results;
};

/** Keeps count of a draw's shards, and tells it at every change. */
const countShards = ({ report }: Steering, { purpose, problems, n }: Draw) => {
  const step = { step: purpose, unit: 'samples' as const, startedAtMs: Date.now(), total: problems.tasks.rows * n };
  const active = new Map<string, number>();
  let done = 0;
  let passes = 0;
  let worked = mergeWorked();
  const tell = (): void => report({ ...step, done, passes, active: [...active.keys()], worked });
  tell();
  return {
    tasksUnderWay: () => [...active.values()].reduce((sum, tasks) => sum + tasks, 0),
    started(workflowId: string, tasks: number): void {
      active.set(workflowId, tasks);
      tell();
    },
    ended(workflowId: string, { samples, counts, worked: more }: ShardResult): void {
      done += samples.rows;
      passes += counts.pass;
      worked = mergeWorked(worked, more);
      active.delete(workflowId);
      tell();
    },
  };
};

/** A failure of ours never trains or scores a model: too many verdicts `none` stop the round. */
const refuseManyNone = (results: ShardResult[], maxNoneShare: number, purpose: string): void => {
  const none = results.reduce((sum, { counts }) => sum + counts.none, 0);
  const total = results.reduce((sum, { samples }) => sum + samples.rows, 0);
  if (none <= maxNoneShare * total) return;
  throw ApplicationFailure.create({
    type: failureTypes.verdictsMissing.type,
    nonRetryable: true,
    message:
      `${none} of ${total} samples (${purpose}) got no verdict, more than verify.maxNoneShare = ${maxNoneShare} allows: ` +
      'nextune doctor checks the sandbox; then run the round again',
  });
};

export interface Evaluation {
  record: EvaluationRecord;
  shards: ShardResult[];
}

/** Scores a model on a split: pass@k with intervals clustered by source problem. */
export const evaluate = async (setting: Setting, draw: Draw): Promise<Evaluation> => {
  const shards = await sampleAndVerify(setting, draw);
  const verdicts = shards.map((one) => one.verdicts);
  const args = { tasks: draw.problems.tasks, verdicts, k: setting.config.evaluation.k };
  const score = await setting.steering.gate.run(() => titled(`score ${draw.purpose}`, control.score, args));
  const { purpose, model, problems } = draw;
  return { record: { name: purpose, model, problems, shards: shards.map(rowsOfShard), score }, shards };
};

/** A shard's rows as a manifest names them. */
export const rowsOfShard = ({ samples, verdicts }: ShardResult): Pick<ShardResult, 'samples' | 'verdicts'> => ({
  samples,
  verdicts,
});

/** pass@1's mean; every evaluation has one, for n is at least 1. */
export const passAt1 = ({ record }: Evaluation): number => {
  const first = record.score.passAtK.find(({ k }) => k === 1);
  return first && 'mean' in first ? first.mean : 0;
};
