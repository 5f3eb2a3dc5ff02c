import { setHandler } from '@temporalio/workflow';
import type { Checkpoint, RoundInput, RoundResult, StepProgress } from '../contract/campaign.js';
import type { FineTuneResult, SelectResult, ShardResult } from '../contract/steps.js';
import { roundProgress } from './messages.js';
import { control, model, trainer } from './options.js';
import { evaluate, passAt1, rowsOfShard, sampleAndVerify } from './sampling.js';
import { type Sealable, sealManifest } from './sealing.js';

/** One pass of Algorithm 1's loop: B_i from θ_i, θ_(i+1) from the base on B_i, its dev score, the seal. */
export async function round(input: RoundInput): Promise<RoundResult> {
  let progress: StepProgress | undefined;
  setHandler(roundProgress, () => progress);
  const report = (step: StepProgress): void => {
    progress = step;
  };
  const { campaign, config, state } = input;
  const setting = { campaign, config, shots: state.shots };
  const { n, traceFormat: format } = config.sampling;

  // B_i = {}; for d in D_H: sample (r, y) ~ θi given x, buggy program, tests, trace; judge y on T
  const draw = { purpose: 'train', model: input.model, problems: state.train, n, format };
  const shards = await sampleAndVerify(setting, draw, report);

  // keep those where E(y, T) = pass
  report({ step: 'select', unit: 'steps', done: 0, total: 1, passes: 0, startedAtMs: Date.now() });
  const selected = await control.select({
    seed: config.seed,
    rules: config.selection,
    format,
    traceMaxChars: config.sampling.traceMaxChars,
    withRationale: config.sampling.rationale,
    trace: config.sampling.trace,
    modelConfig: config.model,
    problems: state.train,
    shards: shards.map(rowsOfShard),
  });
  if (selected.training.rows < config.trainer.minSamples) {
    return await endWithoutModel(input, shards, selected);
  }

  // θ(i+1) = fine-tune θ0 on B_i: always from the base model
  report({ step: 'fine-tune', unit: 'steps', done: 0, total: 1, passes: 0, startedAtMs: Date.now() });
  const { training } = selected;
  const tuned = await trainer.fineTune({
    training,
    seed: config.seed,
    trainer: config.trainer,
    base: state.base.digest,
    ...startOf(input),
  });
  const produced = await model.deploy({ adapter: tuned.adapter, modelConfig: config.model });

  // M on D_dev
  const devDraw = { purpose: 'dev', model: produced, problems: state.dev, n: config.evaluation.samples, format };
  const dev = await evaluate(setting, devDraw, report);
  const content = {
    ...contentOf(input, shards, selected),
    produced,
    fineTune: lossOf(tuned),
    evaluations: [dev.record],
  };
  const sealed = await sealManifest(content, [...shards, ...dev.shards], state.sealed, tuned);
  const checkpoint: Checkpoint = {
    round: input.round,
    model: produced,
    dev: dev.record.score,
    devPassAt1: passAt1(dev),
  };
  return { sealed, checkpoint };
}

/** An ablation of the line above: `trainer.from: last` goes on from the model that was sampled. */
const startOf = ({ config, model: { adapter } }: RoundInput) =>
  config.trainer.from === 'last' && adapter !== undefined ? { startFrom: adapter } : {};

const lossOf = ({ steps, trainTokens, finalLoss, precision }: FineTuneResult) => ({
  steps,
  trainTokens,
  finalLoss,
  precision,
});

const contentOf = (input: RoundInput, shards: ShardResult[], selected: SelectResult): Sealable => ({
  kind: 'round',
  campaign: input.campaign,
  round: input.round,
  configuration: input.configuration,
  codeVersion: input.state.codeVersion,
  base: input.state.base,
  sampledFrom: input.model,
  problems: input.state.train,
  shots: input.state.shots,
  shards: shards.map(rowsOfShard),
  training: selected.training,
  selection: { tasksSolved: selected.tasksSolved, leftOut: selected.leftOut },
  evaluations: [],
});

/** Too little to train on is an outcome, sealed like any other, not a crash. */
const endWithoutModel = async (
  input: RoundInput,
  shards: ShardResult[],
  selected: SelectResult,
): Promise<RoundResult> => {
  const ended =
    `round ${input.round} kept ${selected.training.rows} training samples, fewer than ` +
    `trainer.minSamples = ${input.config.trainer.minSamples}: draw more samples or tasks, or use easier ones`;
  const content = { ...contentOf(input, shards, selected), ended };
  return { sealed: await sealManifest(content, shards, input.state.sealed), ended };
};
