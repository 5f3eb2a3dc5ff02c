import type { SplitName } from '../../../contract/task.js';
import { shinglesOf } from './minhash.js';

/** What a source problem is compared by. */
export interface Profile {
  problemId: string;
  split: SplitName | undefined;
  /** Runs of words of intent and program. */
  shingles: ReadonlySet<string>;
  /** Long runs, which two texts hardly share by chance. */
  grams: ReadonlySet<string>;
  /** Digests of the larger functions' shapes, names left out. */
  shapes: readonly string[];
}

const shingleWords = 4;
/** As for GPT-3's contamination study (Brown et al., 2020). */
const gramWords = 13;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

/** A profile of a problem's intent and its program in one layout. */
export const profileOf = (problem: {
  problemId: string;
  split: SplitName | undefined;
  intent: string;
  code: string;
  shapes: readonly string[];
}): Profile => {
  const words = [...wordsOf(problem.intent), ...wordsOf(problem.code)];
  return {
    problemId: problem.problemId,
    split: problem.split,
    shingles: shinglesOf(words, shingleWords),
    grams: shinglesOf(words, gramWords),
    shapes: problem.shapes,
  };
};
