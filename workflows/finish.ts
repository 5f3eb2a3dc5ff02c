import type { CampaignInput, CampaignResult, CampaignState, Checkpoint, StepProgress } from '../contract/campaign.js';
import type { ModelRef } from '../contract/steps.js';
import { type Evaluation, evaluate } from './sampling.js';
import { sealManifest } from './sealing.js';

type Report = (step: StepProgress) => void;

/** After the last round: base and best without a trace, the test split once, and the campaign's own seal. */
export const finish = async (
  input: CampaignInput,
  state: CampaignState,
  best: Checkpoint,
  report: Report,
): Promise<CampaignResult> => {
  const { evaluation } = input.config;
  const withoutTrace = evaluation.withoutTrace ? await pair(input, state, best, 'dev-no-trace', report) : undefined;
  const test = evaluation.test ? await pair(input, state, best, 'test', report) : undefined;
  const evaluations = [...new Set([...(withoutTrace ?? []), ...(test ?? [])])];
  const sealed = await sealManifest(
    {
      kind: 'campaign',
      campaign: input.campaign,
      round: state.round,
      configuration: input.configuration,
      codeVersion: state.codeVersion,
      base: state.base,
      shots: state.shots,
      shards: [],
      evaluations: evaluations.map(({ record }) => record),
      best: best.round,
      ...(state.stopped !== undefined && { ended: state.stopped }),
    },
    evaluations.flatMap(({ shards }) => shards),
    state.sealed,
  );
  return {
    best,
    checkpoints: state.checkpoints,
    ...(withoutTrace && { withoutTrace: scoresOf(withoutTrace) }),
    ...(test && { test: scoresOf(test) }),
    sealed,
    ...(state.stopped !== undefined && { stopped: state.stopped }),
  };
};

type Pair = [base: Evaluation, best: Evaluation];

const scoresOf = ([base, best]: Pair) => ({ base: base.record.score, best: best.record.score });

/** Base and best on the same problems; asked once where they are the same model. */
const pair = async (
  input: CampaignInput,
  state: CampaignState,
  best: Checkpoint,
  purpose: 'dev-no-trace' | 'test',
  report: Report,
): Promise<Pair> => {
  const { config, campaign } = input;
  const setting = { campaign, config, shots: state.shots };
  const score = (who: string, model: ModelRef): Promise<Evaluation> =>
    evaluate(
      setting,
      {
        purpose: `${who}-${purpose}`,
        model,
        problems: purpose === 'test' ? state.test : state.dev,
        n: config.evaluation.samples,
        format: purpose === 'test' ? config.sampling.traceFormat : 'none',
      },
      report,
    );
  const base = await score('base', state.base);
  return [base, best.round === 0 ? base : await score('best', best.model)];
};
