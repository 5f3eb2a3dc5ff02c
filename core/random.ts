/** 128 bits of state from text by FNV-1a, four lanes with different offsets: seeding only, nothing secret. */
const stateFrom = (seed: string): [number, number, number, number] => {
  const lanes: [number, number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];
  for (let at = 0; at < seed.length; at++) {
    for (const lane of [0, 1, 2, 3] as const) {
      lanes[lane] = Math.imul(lanes[lane] ^ (seed.charCodeAt(at) + lane), 0x01000193);
    }
  }
  return lanes;
};

/** Random numbers in [0, 1), the same for the same seed everywhere: sfc32 (PractRand, C. Doty-Humphrey). */
export const seededRandom = (seed: string): (() => number) => {
  let [a, b, c, counter] = stateFrom(seed);
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  return next;
};

/** A new array in an order drawn by seed (Fisher and Yates). */
export const shuffled = <T>(items: readonly T[], seed: string): T[] => {
  const random = seededRandom(seed);
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((x, y) => x.key - y.key).map(({ item }) => item);
};
