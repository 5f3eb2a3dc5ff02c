/** Hash functions of a signature; the error of an estimated similarity is about 1/sqrt of it (Broder, 1997). */
const permutations = 128;
/** Bands of four: a pair at similarity 0.7 shares one with 99.98 %, at 0.3 with 23 % (then compared exactly). */
const rowsPerBand = 4;

/** FNV-1a (32 bit): spread, no secret. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
};

/** Odd multipliers and offsets of the permutations, from a fixed linear congruential sequence. */
const factors = (() => {
  let state = 0x9e3779b9;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  return Array.from({ length: permutations }, () => ({ times: next() | 1, plus: next() }));
})();

/** Final mixing of murmur3: without it the low bits of a product say little. */
const mixed = (value: number): number => {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return (Math.imul(hash, 0xc2b2ae35) ^ (hash >>> 16)) >>> 0;
};

const signatureOf = (shingles: ReadonlySet<string>): Uint32Array => {
  const signature = new Uint32Array(permutations).fill(0xffffffff);
  for (const shingle of shingles) {
    const hash = hashOf(shingle);
    factors.forEach(({ times, plus }, at) => {
      const permuted = mixed((Math.imul(hash, times) + plus) | 0);
      if (permuted < (signature[at] as number)) signature[at] = permuted;
    });
  }
  return signature;
};

/** Runs of `size` words; the whole text where it is shorter. */
export const shinglesOf = (words: readonly string[], size: number): Set<string> => {
  if (words.length <= size) return new Set(words.length > 0 ? [words.join(' ')] : []);
  return new Set(Array.from({ length: words.length - size + 1 }, (_, at) => words.slice(at, at + size).join(' ')));
};

export const jaccard = (one: ReadonlySet<string>, other: ReadonlySet<string>): number => {
  let shared = 0;
  for (const item of one) if (other.has(item)) shared += 1;
  const all = one.size + other.size - shared;
  return all === 0 ? 0 : shared / all;
};

export interface SimilarPair {
  first: number;
  second: number;
  similarity: number;
}

/**
 * Pairs of sets whose Jaccard similarity reaches a threshold, `first < second`, in order. MinHash with banding finds the
 * candidates, which are then compared exactly: nothing is reported by estimate.
 */
export const similarPairs = (sets: readonly ReadonlySet<string>[], threshold: number): SimilarPair[] => {
  const buckets = new Map<string, number[]>();
  sets.forEach((set, index) => {
    if (set.size === 0) return;
    const signature = signatureOf(set);
    for (let band = 0; band < permutations; band += rowsPerBand) {
      const key = `${band}/${signature.subarray(band, band + rowsPerBand).join(',')}`;
      const bucket = buckets.get(key);
      if (bucket) bucket.push(index);
      else buckets.set(key, [index]);
    }
  });
  const candidates = new Set<number>();
  for (const bucket of buckets.values()) {
    bucket.forEach((second, at) => {
      for (const first of bucket.slice(0, at)) candidates.add(first * sets.length + second);
    });
  }
  return [...candidates]
    .sort((a, b) => a - b)
    .map((pair) => {
      const [first, second] = [Math.floor(pair / sets.length), pair % sets.length];
      return { first, second, similarity: jaccard(sets[first] as Set<string>, sets[second] as Set<string>) };
    })
    .filter(({ similarity }) => similarity >= threshold);
};
