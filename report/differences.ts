import { type PairedDifference, pairedDifference } from '../core/statistics/paired.js';
import { passRows } from '../core/statistics/score.js';
import type { ScoredModel } from './data.js';

export const isEstimated = (model: ScoredModel, k: number): boolean =>
  model.score.passAtK.some((entry) => entry.k === k && 'mean' in entry);

/** The k's of a set of scored models, as they were configured. */
export const ksOf = (models: readonly ScoredModel[]): number[] => models[0]?.score.passAtK.map(({ k }) => k) ?? [];

/** k's that every one of the models has an estimate of. */
export const estimatedKs = (models: readonly ScoredModel[]): number[] =>
  ksOf(models).filter((k) => models.every((model) => isEstimated(model, k)));

/** pass@k of `model` minus that of `base`, problem by problem; undefined where either is not estimated. */
export const differenceAtK = (base: ScoredModel, model: ScoredModel, k: number): PairedDifference | undefined =>
  isEstimated(base, k) && isEstimated(model, k)
    ? pairedDifference(passRows(base.tallies, k), passRows(model.tallies, k))
    : undefined;
