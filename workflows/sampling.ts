import { ApplicationFailure, executeChild, workflowInfo } from '@temporalio/workflow';
import type { StepProgress } from '../contract/campaign.js';
import type { CampaignConfig } from '../contract/config.js';
import { failureTypes } from '../contract/failures.js';
import type { EvaluationRecord } from '../contract/manifest.js';
import type { ModelRef, ShardResult, TracedTasks } from '../contract/steps.js';
import type { TraceFormat } from '../contract/trace-formats.js';
import { shardWorkflowId } from '../contract/workflow-ids.js';
import { cutIntoShards } from '../core/plan/shards.js';
import { fanOut } from './fan-out.js';
import { control } from './options.js';
import type { shard } from './shard.js';

/** What sampling needs to know of its campaign. */
export interface Setting {
  campaign: string;
  config: CampaignConfig;
  shots: TracedTasks;
}

export interface Draw {
  /** Names the shards' ids: `train`, `dev`, `test`… */
  purpose: string;
  model: ModelRef;
  problems: TracedTasks;
  n: number;
  format: TraceFormat;
}

/** Samples and judges all problems of a draw, shard by shard, a bounded number at a time. */
export const sampleAndVerify = async (
  { campaign, config, shots }: Setting,
  draw: Draw,
  report: (step: StepProgress) => void,
): Promise<ShardResult[]> => {
  const { purpose, ...asked } = draw;
  const step = { step: purpose, unit: 'samples' as const, startedAtMs: Date.now() };
  const total = draw.problems.tasks.rows * draw.n;
  const active = new Set<string>();
  let done = 0;
  let passes = 0;
  const tell = (): void => report({ ...step, done, total, passes, active: [...active] });
  tell();
  const shards = cutIntoShards(draw.problems.tasks.rows, config.shardTasks);
  const common = { campaign, seed: config.seed, modelConfig: config.model, sampling: config.sampling, shots, ...asked };
  const results = await fanOut(shards, config.shardsInFlight, async (range, at) => {
    const workflowId = shardWorkflowId(workflowInfo().workflowId, purpose, at);
    active.add(workflowId);
    tell();
    const result = await executeChild<typeof shard>('shard', {
      workflowId,
      args: [{ sample: { ...common, range }, limits: config.verify }],
    });
    done += result.samples.rows;
    passes += result.counts.pass;
    active.delete(workflowId);
    tell();
    return result;
  });
  refuseManyNone(results, config.verify.maxNoneShare, purpose);
  return results;
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
export const evaluate = async (
  setting: Setting,
  draw: Draw,
  report: (step: StepProgress) => void,
): Promise<Evaluation> => {
  const shards = await sampleAndVerify(setting, draw, report);
  const score = await control.score({
    tasks: draw.problems.tasks,
    verdicts: shards.map(({ verdicts }) => verdicts),
    k: setting.config.evaluation.k,
  });
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
