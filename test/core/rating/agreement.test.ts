import { cohenKappa, krippendorffAlpha, latestRatings, type Rating } from '../../../core/rating/agreement.js';
import { blindPairs } from '../../../core/rating/pairs.js';

const ratings = (of: Record<string, string>): Rating[] =>
  Object.entries(of).flatMap(([rater, answers]) =>
    [...answers].flatMap((letter, at): Rating[] =>
      letter === '.'
        ? []
        : [{ rater, pair: `${at}`, problemId: `${at}`, choice: letter === 't' ? 'tie' : (letter as 'a' | 'b') }],
    ),
  );

describe('agreement of raters', () => {
  it("is Krippendorff's alpha: his worked example of two observers and ten units, 0.095", () => {
    expect(krippendorffAlpha(ratings({ one: 'abaaaaaaba', two: 'bbbaabaaaa' }))).toBeCloseTo(0.095, 3);
  });

  it('is 1 where all agree and they differ between pairs, undefined where there is nothing to compare', () => {
    expect(krippendorffAlpha(ratings({ one: 'abt', two: 'abt' }))).toBe(1);
    expect(krippendorffAlpha(ratings({ one: 'ab.', two: '..t' }))).toBeUndefined();
    expect(krippendorffAlpha(ratings({ one: 'aa', two: 'aa' }))).toBeUndefined();
  });

  it("is Cohen's kappa for two, as in its usual example of 50 cases: (0.7 - 0.5) / 0.5 = 0.4", () => {
    const one = 'a'.repeat(25) + 'b'.repeat(25);
    const two = `${'a'.repeat(20) + 'b'.repeat(5)}${'a'.repeat(10)}${'b'.repeat(15)}`;
    expect(cohenKappa(ratings({ one, two }), ['one', 'two'])).toBeCloseTo(0.4, 9);
  });

  it('takes the last answer of a rater to a pair', () => {
    const twice = [...ratings({ one: 'a' }), ...ratings({ one: 'b' })];
    expect(latestRatings(twice).map(({ choice }) => choice)).toEqual(['b']);
  });
});

describe('blindPairs', () => {
  const texts = (model: string) =>
    Array.from({ length: 40 }, (_, at) => ({ taskId: `t${at}`, index: 0, text: at === 3 ? '' : `${model} ${at}` }));

  it('pairs one rationale of each model a task, and puts either first about as often', () => {
    const pairs = blindPairs(texts('a'), texts('b'), '1');
    expect(pairs).toHaveLength(39);
    const first = pairs.filter(({ aFirst }) => aFirst).length;
    expect(first).toBeGreaterThan(8);
    expect(first).toBeLessThan(31);
    expect(blindPairs(texts('a'), texts('b'), '1')).toEqual(pairs);
  });
});
