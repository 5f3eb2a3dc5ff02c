import type { Checkpoint, RoundInput, RoundKept, RoundResult } from '../contract/campaign.js';
import type { Decision } from '../contract/control.js';
import type { FineTuneResult, ModelRef, SelectResult, ShardResult } from '../contract/steps.js';
import { bestCheckpoint } from '../core/select/best.js';
import { control, model, titled, trainer } from './options.js';
import {
  type Draw,
  type Evaluation,
  evaluate,
  passAt1,
  rowsOfShard,
  type Setting,
  sampleAndVerify,
} from './sampling.js';
import { type Sealable, sealManifest } from './sealing.js';
import { reportStep, type Steering } from './steering.js';

/**
 * B_i from θ_i, θ_(i+1) from the base on B_i, its dev score, the decision, the seal. What `kept` has is not made again;
 * what is made is added to it.
 */
export const takeSteps = async (input: RoundInput, steering: Steering, kept: RoundKept): Promise<RoundResult> => {
  const { campaign, config, state } = input;
  const setting: Setting = { campaign, config, shots: state.shots, steering };

  // B_i = {}; for d in D_H: sample (r, y) ~ θi given x, buggy program, tests, trace; judge y on T
  const shards = await drawAndJudge(input, setting, kept);
  kept.shards = shards;

  // keep those where E(y, T) = pass
  kept.selected ??= await selectFrom(input, steering, shards);
  const { selected } = kept;
  if (config.trainer.kind === 'none' || selected.training.rows < config.trainer.minSamples)
    return await endWithoutModel(input, shards, selected);

  // θ(i+1) = fine-tune θ0 on B_i: always from the base model
  const { tuned, produced } = await fineTune(input, steering, { ...kept, selected });
  Object.assign(kept, { tuned, produced });

  // M on D_dev
  const { n, format } = { n: config.evaluation.samples, format: config.sampling.traceFormat };
  const dev = await evaluate(setting, { purpose: 'dev', model: produced, problems: state.dev, n, format });
  return await sealRound(input, {
    shards,
    selected,
    tuned,
    produced,
    dev,
    decision: await decide(input, steering, dev),
  });
};

const drawAndJudge = async (input: RoundInput, setting: Setting, kept: RoundKept): Promise<ShardResult[]> => {
  const { n, traceFormat: format } = input.config.sampling;
  const firstIndex = input.control?.firstIndex ?? 0;
  const fromVerify = input.control?.keep?.from === 'verify';
  if (kept.shards && !fromVerify) return kept.shards;
  const draw: Draw = {
    purpose: 'train',
    model: input.model,
    problems: input.state.train,
    n,
    format,
    ...(firstIndex > 0 && { firstIndex }),
    ...(kept.shards && { sampled: kept.shards }),
  };
  return await sampleAndVerify(setting, draw);
};

const selectFrom = (input: RoundInput, steering: Steering, shards: ShardResult[]): Promise<SelectResult> => {
  const { config, state } = input;
  reportStep(steering, 'select');
  return steering.gate.run(() =>
    titled('select the training set', control.select, {
      seed: config.seed,
      rules: config.selection,
      format: config.sampling.traceFormat,
      traceMaxChars: config.sampling.traceMaxChars,
      withRationale: config.sampling.rationale,
      trace: config.sampling.trace,
      modelConfig: config.model,
      problems: state.train,
      shards: shards.map(rowsOfShard),
    }),
  );
};

type Made = Required<Pick<RoundKept, 'tuned' | 'produced'>>;

/** An ablation of Algorithm 1: `trainer.from: last` goes on from the model that was sampled. */
const startOf = ({ config, model: { adapter } }: RoundInput) =>
  config.trainer.from === 'last' && adapter !== undefined ? { startFrom: adapter } : {};

const fineTune = async (
  input: RoundInput,
  steering: Steering,
  { selected, tuned: before, produced: known }: RoundKept & { selected: SelectResult },
): Promise<Made> => {
  const { config, state, control: given } = input;
  if (before && known) return { tuned: before, produced: known };
  reportStep(steering, 'fine-tune');
  const { training } = selected;
  const anew = given && given.attempt > 1 && given.keep?.from === 'fine-tune' ? { attempt: given.attempt } : {};
  const args = {
    training,
    seed: config.seed,
    trainer: config.trainer,
    base: state.base.digest,
    ...startOf(input),
    ...anew,
  };
  const title = `fine-tune on ${training.rows} samples`;
  const tuned = await steering.gate.run(() => titled(title, trainer.fineTune, args));
  const placed = { adapter: tuned.adapter, modelConfig: config.model };
  const produced = await steering.gate.run(() => titled('deploy the adapter', model.deploy, placed));
  return { tuned, produced };
};

/** What the scores say about the next round; asked for where the campaign keeps such decisions. */
const decide = async (
  { round, config, control: given }: RoundInput,
  { gate }: Steering,
  dev: Evaluation,
): Promise<Decision | undefined> => {
  if (given === undefined) return undefined;
  const { patience, rollBack } = config.earlyStop;
  const before = given.checkpoints.map((one) => ({ round: one.round, devPassAt1: one.devPassAt1 }));
  const scores = { best: bestCheckpoint(given.checkpoints).dev.score, latest: dev.record.score.score };
  const args = { round, before, devPassAt1: passAt1(dev), patience, rollBack, scores };
  return await gate.run(() => titled('compare with the best checkpoint', control.decide, args));
};

interface WholeRound {
  shards: ShardResult[];
  selected: SelectResult;
  tuned: FineTuneResult;
  produced: ModelRef;
  dev: Evaluation;
  decision: Decision | undefined;
}

const sealRound = async (input: RoundInput, whole: WholeRound): Promise<RoundResult> => {
  const { shards, selected, tuned, produced, dev, decision } = whole;
  const content = {
    ...contentOf(input, shards, selected),
    produced,
    fineTune: lossOf(tuned),
    evaluations: [dev.record],
    ...(decision && { decision }),
  };
  const context = { ...attemptOf(input), fineTune: tuned };
  const sealed = await sealManifest(content, [...shards, ...dev.shards], input.state.sealed, context);
  const checkpoint: Checkpoint = {
    round: input.round,
    model: produced,
    dev: dev.record.score,
    devPassAt1: passAt1(dev),
    ...(decision && { decision }),
  };
  return { sealed, checkpoint, ...(decision && { decision }) };
};

const attemptOf = ({ control: given }: RoundInput) =>
  given === undefined || given.attempt === 1 ? {} : { attempt: given.attempt, supersedes: given.supersedes };

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
  ...((input.control?.firstIndex ?? 0) > 0 && { firstIndex: input.control?.firstIndex }),
});

/** Too little to train on is an outcome, sealed like any other, not a crash. */
const endWithoutModel = async (
  input: RoundInput,
  shards: ShardResult[],
  selected: SelectResult,
): Promise<RoundResult> => {
  const { kind, minSamples } = input.config.trainer;
  const ended =
    `round ${input.round} kept ${selected.training.rows} training samples` +
    (kind === 'none'
      ? ' and trained nothing: trainer.kind is none'
      : `, fewer than trainer.minSamples = ${minSamples}: draw more samples or tasks, or use easier ones`);
  const content = { ...contentOf(input, shards, selected), ended };
  return { sealed: await sealManifest(content, shards, input.state.sealed, attemptOf(input)), ended };
};
