import { jaccard, shinglesOf, similarPairs } from '../../../../core/data/check/minhash.js';
import { seededRandom } from '../../../../core/random.js';

const words = (text: string): Set<string> => new Set(text.split(' '));

test('shingles are runs of words, and a short text is its own', () => {
  expect([...shinglesOf(['a', 'b', 'c', 'd'], 3)]).toEqual(['a b c', 'b c d']);
  expect([...shinglesOf(['a', 'b'], 3)]).toEqual(['a b']);
  expect([...shinglesOf([], 3)]).toEqual([]);
});

test('similarity is what is shared over all there is', () => {
  expect(jaccard(words('a b c'), words('b c d'))).toBe(0.5);
  expect(jaccard(new Set(), new Set())).toBe(0);
});

test('pairs at the threshold or above are found with their exact similarity, others and empty sets are not', () => {
  const sets = [words('a b c d e f g h i j'), words('a b c d e f g h i x'), words('p q r s t'), new Set<string>()];
  expect(similarPairs(sets, 0.8)).toEqual([{ first: 0, second: 1, similarity: 9 / 11 }]);
  expect(similarPairs(sets, 0.9)).toEqual([]);
});

test('of 200 pairs at 0.7 hardly one is missed, as banding promises', () => {
  const random = seededRandom('minhash');
  const draw = (): string => `w${Math.floor(random() * 1e9)}`;
  const sets = Array.from({ length: 200 }, () => {
    const shared = Array.from({ length: 70 }, draw);
    const ends = [0, 1].map(() => new Set([...shared, ...Array.from({ length: 15 }, draw)]));
    return ends as [Set<string>, Set<string>];
  }).flat();
  const found = similarPairs(sets, 0.65).filter(({ first, second }) => first % 2 === 0 && second === first + 1);
  expect(found.length).toBeGreaterThanOrEqual(198);
});
