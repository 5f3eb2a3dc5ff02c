/** What one rater said of one pair: the first model's rationale is better, the second's, or neither. */
export interface Rating {
  rater: string;
  pair: string;
  problemId: string;
  choice: 'a' | 'b' | 'tie';
}

const choices = ['a', 'b', 'tie'] as const;

/** The last answer of each rater to each pair counts. */
export const latestRatings = (ratings: readonly Rating[]): Rating[] => [
  ...new Map(ratings.map((one) => [`${one.rater}\n${one.pair}`, one])).values(),
];

/**
 * Krippendorff's alpha for nominal data (2004), any number of raters and answers missing: 1 - observed over expected
 * disagreement. Undefined where no pair has two raters, or where all answers are one and the same.
 */
export const krippendorffAlpha = (ratings: readonly Rating[]): number | undefined => {
  const units = [...new Set(ratings.map(({ pair }) => pair))]
    .map((pair) => ratings.filter((one) => one.pair === pair))
    .filter((unit) => unit.length > 1);
  const totals = { a: 0, b: 0, tie: 0 };
  let disagreements = 0;
  for (const unit of units) {
    for (const one of unit) {
      totals[one.choice]++;
      disagreements += unit.filter(({ choice }) => choice !== one.choice).length / (unit.length - 1);
    }
  }
  const n = totals.a + totals.b + totals.tie;
  const expected = (n ** 2 - choices.reduce((sum, choice) => sum + totals[choice] ** 2, 0)) / (n - 1);
  return units.length === 0 || expected === 0 ? undefined : 1 - disagreements / expected;
};

/** Cohen's kappa (1960) of two raters on the pairs that both answered. Undefined where chance alone would agree always. */
export const cohenKappa = (ratings: readonly Rating[], [first, second]: [string, string]): number | undefined => {
  const of = (rater: string): Map<string, Rating['choice']> =>
    new Map(ratings.filter((one) => one.rater === rater).map(({ pair, choice }) => [pair, choice]));
  const [a, b] = [of(first), of(second)];
  const both = [...a].flatMap(([pair, choice]) => {
    const other = b.get(pair);
    return other ? [[choice, other] as const] : [];
  });
  const share = (at: 0 | 1, wanted: string): number => both.filter((one) => one[at] === wanted).length / both.length;
  const observed = both.filter(([x, y]) => x === y).length / both.length;
  const chance = choices.reduce((sum, choice) => sum + share(0, choice) * share(1, choice), 0);
  return both.length === 0 || chance === 1 ? undefined : (observed - chance) / (1 - chance);
};
