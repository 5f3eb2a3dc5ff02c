import type { ScoredModel } from './data.js';
import { differenceAtK, estimatedKs, ksOf } from './differences.js';
import { html, type Markup } from './html.js';
import { table } from './table.js';
import { count, differenceText, estimateText, modelName, percent } from './words.js';

/** How every figure on the page was made, said once. */
export const method = html`<p class="note">Shares are in percent, with 95 % intervals in brackets. Tasks made from one source problem are no
independent cases, so intervals rest on problems: Wilson's at the effective number of problems, with Clopper and Pearson's
where all problems agree, and a t interval for paired differences. Samples without a verdict, which are failures of ours, count for nothing. pass@k is the unbiased estimator of Chen et al. (2021).</p>
`;

const cellOf = (model: ScoredModel, k: number): string => {
  const entry = model.score.passAtK.find((one) => one.k === k);
  if (!entry) return 'not estimated';
  return 'mean' in entry ? estimateText(entry) : 'not estimated';
};

/** Why some pass@k are missing: each reason once, with the models that it holds for where it is not all of them. */
const missing = (models: readonly ScoredModel[]): Markup | undefined => {
  const roundsOf = new Map<string, number[]>();
  for (const { score, round } of models) {
    for (const entry of score.passAtK) {
      if (!('notEstimated' in entry)) continue;
      const reason = `pass@${entry.k}: ${entry.notEstimated}`;
      roundsOf.set(reason, [...(roundsOf.get(reason) ?? []), round]);
    }
  }
  if (roundsOf.size === 0) return undefined;
  const lines = [...roundsOf].map(([reason, rounds]) =>
    rounds.length === models.length ? reason : `${reason} (${rounds.map(modelName).join(', ')})`,
  );
  return html`<p class="note">Not estimated, and why: ${lines.join('; ')}.</p>\n`;
};

/** pass@k of each model of a split. */
export const scoreTable = (caption: string, models: readonly ScoredModel[]): Markup => {
  const ks = ksOf(models);
  return html`${table({
    caption,
    header: ['model', ...ks.map((k) => `pass@${k}`), 'parsed', 'unchanged', 'samples', 'no verdict'],
    rows: models.map((model) => [
      modelName(model.round),
      ...ks.map((k) => cellOf(model, k)),
      percent(model.score.parsedShare),
      percent(model.score.unchangedShare),
      count(model.score.samples),
      count(model.score.none),
    ]),
  })}${missing(models)}`;
};

/** Each model against the first, on the same problems. Nothing where there is nobody to compare. */
export const differenceTable = (caption: string, models: readonly ScoredModel[]): Markup | undefined => {
  const [base, ...others] = models;
  const ks = estimatedKs(models);
  if (!base || others.length === 0 || ks.length === 0) return undefined;
  return table({
    caption,
    header: ['model', ...ks.map((k) => `pass@${k}, points`), 'problems'],
    rows: others.map((model) => {
      const differences = ks.map((k) => differenceAtK(base, model, k));
      const clusters = differences.find((one) => one !== undefined)?.clusters;
      return [
        modelName(model.round),
        ...differences.map((one) => (one ? differenceText(one) : 'fewer than two problems')),
        clusters === undefined ? '' : count(clusters),
      ];
    }),
  });
};
