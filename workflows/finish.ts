import type { CampaignInput, CampaignResult, CampaignState, Checkpoint } from '../contract/campaign.js';
import type { ModelRef } from '../contract/steps.js';
import { Interrupted } from './gate.js';
import { type Evaluation, evaluate } from './sampling.js';
import { sealManifest } from './sealing.js';
import type { Steering } from './steering.js';

/** After the last round: base and best without a trace, the test split once, and the campaign's own seal. */
export const finish = async (
  input: CampaignInput,
  state: CampaignState,
  best: Checkpoint,
  steering: Steering,
): Promise<CampaignResult> => {
  const final = await finalScores(input, state, best, steering);
  const { withoutTrace, test } = final;
  const evaluations = [...new Set([...(withoutTrace ?? []), ...(test ?? [])])];
  const stopped = final.stopped ?? state.stopped;
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
      ...(stopped !== undefined && { ended: stopped }),
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
    ...(stopped !== undefined && { stopped }),
  };
};

interface FinalScores {
  withoutTrace?: Pair;
  test?: Pair;
  stopped?: string;
}

/** A person who stops the campaign at once ends these too: what is not scored then is left out, with the reason. */
const finalScores = async (
  input: CampaignInput,
  state: CampaignState,
  best: Checkpoint,
  steering: Steering,
): Promise<FinalScores> => {
  const { evaluation } = input.config;
  const scores: FinalScores = {};
  try {
    await steering.gate.pass();
    if (evaluation.withoutTrace) scores.withoutTrace = await pair(input, state, best, 'dev-no-trace', steering);
    if (evaluation.test) scores.test = await pair(input, state, best, 'test', steering);
    return scores;
  } catch (error) {
    if (error instanceof Interrupted) return { ...scores, stopped: error.message };
    throw error;
  }
};

type Pair = [base: Evaluation, best: Evaluation];

const scoresOf = ([base, best]: Pair) => ({ base: base.record.score, best: best.record.score });

/** Base and best on the same problems; asked once where they are the same model. */
const pair = async (
  input: CampaignInput,
  state: CampaignState,
  best: Checkpoint,
  purpose: 'dev-no-trace' | 'test',
  steering: Steering,
): Promise<Pair> => {
  const { config, campaign } = input;
  const setting = { campaign, config, shots: state.shots, steering };
  const score = (who: string, model: ModelRef): Promise<Evaluation> =>
    evaluate(setting, {
      purpose: `${who}-${purpose}`,
      model,
      problems: purpose === 'test' ? state.test : state.dev,
      n: config.evaluation.samples,
      format: purpose === 'test' ? config.sampling.traceFormat : 'none',
    });
  const base = await score('base', state.base);
  return [base, best.round === 0 ? base : await score('best', best.model)];
};
