import type { DrawnRound } from './data.js';
import { count, percent } from './words.js';

/** What may become of a training sample; colours are told apart by people who see few (Okabe and Ito's set). */
export const outcomes = [
  { name: 'kept for training', colour: 'var(--kept)' },
  { name: 'passed, left out', colour: 'var(--passed)' },
  { name: 'failed', colour: 'var(--failed)' },
  { name: 'no program that parses', colour: 'var(--unparsable)' },
  { name: 'no verdict', colour: 'var(--none)' },
] as const;

export type Outcome = (typeof outcomes)[number]['name'];

/** Splits the drawn samples: each has one outcome. A control arm (`failing`) keeps its samples from those that failed. */
export const outcomesOf = (
  round: DrawnRound & { kept: number; keeps: 'passing' | 'failing' },
): Record<Outcome, number> => {
  const { drawn, passed, none, kept, keeps, reasons } = round;
  const unparsable = reasons.unparsable ?? 0;
  const failed = drawn - passed - none - unparsable;
  return {
    'kept for training': kept,
    'passed, left out': keeps === 'passing' ? passed - kept : passed,
    failed: keeps === 'failing' ? failed - kept : failed,
    'no program that parses': unparsable,
    'no verdict': none,
  };
};

/** The same in shares of what was drawn, with words for each. */
export const sharesOf = (round: Parameters<typeof outcomesOf>[0]): { name: Outcome; share: number; says: string }[] =>
  Object.entries(outcomesOf(round)).map(([name, samples]) => {
    const share = round.drawn === 0 ? 0 : samples / round.drawn;
    return {
      name: name as Outcome,
      share,
      says: `round ${round.round}, ${name}: ${count(samples)} (${percent(share)} %)`,
    };
  });
