import { seededRandom } from '../../../core/random.js';

/** Problems that differ in how hard they are, as a Beta distribution of pass rates with mean p; a sum of 1 is lumpy. */
export interface Population {
  p: number;
  /** Beta's a + b; 0 stands for problems that pass always or never. */
  spread: number;
  samples: number;
}

export type Random = () => number;
export const randomOf = (seed: string): Random => seededRandom(seed);

/** A standard normal variate (Box and Muller, 1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A gamma variate (Marsaglia and Tsang, 2000). */
const gamma = (random: Random, shape: number): number => {
  if (shape < 1) return gamma(random, shape + 1) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
};

export const beta = (random: Random, a: number, b: number): number => {
  const x = gamma(random, a);
  return x / (x + gamma(random, b));
};

export const passesOf = (random: Random, rate: number, samples: number): number => {
  let passes = 0;
  for (let at = 0; at < samples; at++) if (random() < rate) passes++;
  return passes;
};

/** The share of a drawn problem's samples that passed. */
export const drawShare = (random: Random, { p, spread, samples }: Population): number => {
  const rate = spread === 0 ? (random() < p ? 1 : 0) : beta(random, p * spread, (1 - p) * spread);
  return passesOf(random, rate, samples) / samples;
};
