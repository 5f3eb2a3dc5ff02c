import { type SimilarPair, similarPairs } from './minhash.js';
import type { Profile } from './profile.js';

/** Jaccard similarity of word runs from which two problems are nearly the same. */
export const nearThreshold = 0.6;
/** Share of the shorter text's long runs found in the other, from which it counts as a copy. */
export const gramThreshold = 0.5;

/** Runs that more problems share are a data set's habits of speech. */
const maxSharingGram = 40;

/** Two profiles by position, and why they are taken for the same. */
export interface Overlap {
  first: number;
  second: number;
  why: string;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const byKey = (profiles: readonly Profile[], keysOf: (profile: Profile) => Iterable<string>): Map<string, number[]> => {
  const places = new Map<string, number[]>();
  profiles.forEach((profile, at) => {
    for (const key of new Set(keysOf(profile))) {
      const before = places.get(key);
      if (before) before.push(at);
      else places.set(key, [at]);
    }
  });
  return places;
};

/** Pairs that share a key, and how many of them. */
const sharing = (places: ReadonlyMap<string, number[]>, count: number): Map<number, number> => {
  const shared = new Map<number, number>();
  for (const list of places.values()) {
    list.forEach((second, at) => {
      for (const first of list.slice(0, at)) {
        const pair = first * count + second;
        shared.set(pair, (shared.get(pair) ?? 0) + 1);
      }
    });
  }
  return shared;
};

const rare = (places: ReadonlyMap<string, number[]>): Map<string, number[]> =>
  new Map([...places].filter(([, list]) => list.length <= maxSharingGram));

const sharedGrams = (profiles: readonly Profile[]): Overlap[] =>
  [...sharing(rare(byKey(profiles, ({ grams }) => grams)), profiles.length)].flatMap(([pair, shared]) => {
    const [first, second] = [Math.floor(pair / profiles.length), pair % profiles.length];
    const shorter = Math.min(profiles[first]?.grams.size ?? 0, profiles[second]?.grams.size ?? 0);
    if (shared / shorter < gramThreshold) return [];
    return [{ first, second, why: `${percent(shared / shorter)} of its runs of 13 words are there` }];
  });

const sharedShapes = (profiles: readonly Profile[]): Overlap[] =>
  [
    ...sharing(
      byKey(profiles, ({ shapes }) => shapes),
      profiles.length,
    ).keys(),
  ].map((pair) => ({
    first: Math.floor(pair / profiles.length),
    second: pair % profiles.length,
    why: 'a function of the same shape',
  }));

const near = (profiles: readonly Profile[]): Overlap[] =>
  similarPairs(
    profiles.map(({ shingles }) => shingles),
    nearThreshold,
  ).map(({ first, second, similarity }: SimilarPair) => ({ first, second, why: `${percent(similarity)} alike` }));

/** Pairs of different source problems that are nearly the same by text, or share a function; each pair once, in order. */
export const overlapsOf = (profiles: readonly Profile[]): Overlap[] => {
  const reasons = new Map<number, Overlap>();
  for (const overlap of [...near(profiles), ...sharedGrams(profiles), ...sharedShapes(profiles)]) {
    const key = overlap.first * profiles.length + overlap.second;
    const before = reasons.get(key);
    reasons.set(key, before ? { ...before, why: `${before.why}; ${overlap.why}` } : overlap);
  }
  return [...reasons].sort(([a], [b]) => a - b).map(([, overlap]) => overlap);
};
