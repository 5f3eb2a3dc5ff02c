import type { CampaignConfig } from '../../contract/config.js';

/**
 * What a campaign with the embedded model costs, as counted in the campaigns of docs/log.md (2026-11-25): tokens an answer of
 * the base and of tuned models, kept samples a sample drawn, tokens of a training sample, and how the speeds of training and of
 * tuned models (which need no examples in the prompt) compare with the base's.
 */
const counted = {
  baseTokens: 134,
  tunedTokens: 105,
  keptShare: 0.037,
  trainingSampleTokens: 365,
  tunedSpeedup: 1.6,
  trainingSpeedup: 1.8,
} as const;

export interface QuickstartEstimate {
  /** Until the first tuned model has its score. */
  firstScoreMs: number;
  wholeMs: number;
}

type Sizes = Pick<CampaignConfig, 'data' | 'rounds' | 'sampling' | 'evaluation' | 'trainer'>;

/** How long a campaign of named sizes takes where the base model answers at this many tokens a second. */
export const estimateQuickstart = (config: Sizes, baseTokensPerSecond: number): QuickstartEstimate => {
  const { rounds, sampling, evaluation, trainer } = config;
  const { train = 0, dev: devTasks = 0, test = 0 } = config.data.use;
  const base = (samples: number): number => (samples * counted.baseTokens) / baseTokensPerSecond;
  const tuned = (samples: number): number =>
    (samples * counted.tunedTokens) / (counted.tunedSpeedup * baseTokensPerSecond);
  const drawn = train * sampling.n;
  const dev = devTasks * evaluation.samples;
  const training =
    (drawn * counted.keptShare * counted.trainingSampleTokens * trainer.epochs) /
    (counted.trainingSpeedup * baseTokensPerSecond);
  const first = base(dev + drawn) + training + tuned(dev);
  const later = (rounds - 1) * (tuned(drawn + dev) + training);
  const finals = (evaluation.withoutTrace ? dev : 0) + (evaluation.test ? test * evaluation.samples : 0);
  return { firstScoreMs: 1000 * first, wholeMs: 1000 * (first + later + base(finals) + tuned(finals)) };
};

const minutes = (ms: number): number => Math.max(1, Math.round(ms / 60_000));

/** `Here: …`, with the speed it rests on. */
export const estimateLine = ({ firstScoreMs, wholeMs }: QuickstartEstimate, baseTokensPerSecond: number): string =>
  `Here: the first tuned model's score in about ${minutes(firstScoreMs)} min, all of it in about ${minutes(wholeMs)} min ` +
  `(the model writes ${Math.round(baseTokensPerSecond)} tokens a second on this machine, measured just now).`;
