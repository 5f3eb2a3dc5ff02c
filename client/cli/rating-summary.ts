import { cohenKappa, krippendorffAlpha, type Rating } from '../../core/rating/agreement.js';
import { estimateShare } from '../../core/statistics/interval.js';
import { percent } from './numbers.js';

/** How often each side won, and how far raters agree; what is not defined for these ratings is absent. */
const summaryOf = (ratings: readonly Rating[]) => {
  const raters = [...new Set(ratings.map(({ rater }) => rater))].sort();
  const rows = (won: 'a' | 'b') =>
    ratings.map(({ problemId, choice }) => ({
      cluster: problemId,
      value: choice === won ? 1 : choice === 'tie' ? 0.5 : 0,
    }));
  const [one, two] = raters;
  return {
    ratings: ratings.length,
    raters,
    wins: ratings.length === 0 ? undefined : { a: estimateShare(rows('a')), b: estimateShare(rows('b')) },
    alpha: krippendorffAlpha(ratings),
    kappa: one !== undefined && two !== undefined && raters.length === 2 ? cohenKappa(ratings, [one, two]) : undefined,
  };
};

/** As a program reads it. */
export const ratingSummary = (ratings: readonly Rating[], [a, b]: [string, string]) => ({
  a,
  b,
  ...summaryOf(ratings),
});

/** As a person reads it. */
export const ratingLines = (ratings: readonly Rating[], names: [string, string]): string[] => {
  const { raters, wins, alpha, kappa } = summaryOf(ratings);
  const whose = raters.length === 1 ? 'one rater' : `${raters.length} raters`;
  const won = (['a', 'b'] as const).flatMap((side, at) => {
    const win = wins?.[side];
    return win ? [`  ${names[at]}: better in ${percent(win.mean)} [${percent(win.low)}, ${percent(win.high)}] %`] : [];
  });
  const agreed =
    alpha === undefined ? 'not defined: no pair has two raters, or all answers are alike' : alpha.toFixed(3);
  return [
    '',
    `${ratings.length} ratings by ${whose}; a tie counts half for each; 95 % intervals clustered by problem`,
    ...won,
    `  Krippendorff's alpha: ${agreed}`,
    ...(kappa === undefined ? [] : [`  Cohen's kappa: ${kappa.toFixed(3)}`]),
  ];
};
