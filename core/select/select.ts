import type { Faithfulness } from '../faithfulness/check.js';
import { shuffled } from '../random.js';

/** A judged sample as selection sees it. `normalised` names its AST without comments and layout; null when it has none. */
export interface SelectionCandidate {
  taskId: string;
  index: number;
  verdict: 'pass' | 'fail' | 'none';
  reason: string;
  rationale: string;
  normalised: string | null;
  /** The same digest of the buggy program. */
  buggyNormalised: string | null;
  /** What the rationale's claims of values came to against trace and tests; undefined where nobody asked. */
  faithfulness?: Faithfulness | undefined;
}

export interface SelectionRules {
  perTask: number;
  /** False asks nothing of the rationale: it is not trained on. */
  withRationale?: boolean | undefined;
  minRationaleWords: number;
  keep: 'passing' | 'failing';
  /** What the rationale's claims of values must be; `any` without it. */
  faithfulness?: 'any' | 'notContradicted' | 'supported' | undefined;
  limit?: number | undefined;
}

/** Why a sample was left out; each sample has exactly one reason, the first that applies in this order. */
export type LeftOut =
  | 'verdict'
  | 'noProgram'
  | 'unchanged'
  | 'emptyRationale'
  | 'vacuousRationale'
  | 'contradictedRationale'
  | 'unsupportedRationale'
  | 'duplicate'
  | 'perTask'
  | 'limit';

export interface Selection<Candidate> {
  kept: Candidate[];
  leftOut: Partial<Record<LeftOut, number>>;
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}_]+/gu) ?? [];

/** Rationales that say nothing of the program at hand: only words that fit every bug. */
const fillers = new Set(
  'the a an is are was this that it program function code bug buggy fix fixed error wrong incorrect correct here in of to and should be has there your my i will we you python following below'.split(
    ' ',
  ),
);

/** A rationale that names nothing beyond filler words explains nothing. */
export const isVacuous = (rationale: string): boolean =>
  wordsOf(rationale.toLowerCase()).filter((word) => !fillers.has(word)).length < 2;

const ownReason = (candidate: SelectionCandidate, rules: SelectionRules): LeftOut | undefined => {
  const wanted = rules.keep === 'passing' ? 'pass' : 'fail';
  if (candidate.verdict !== wanted) return 'verdict';
  if (candidate.normalised === null) return 'noProgram';
  return candidate.normalised === candidate.buggyNormalised ? 'unchanged' : rationaleReason(candidate, rules);
};

const rationaleReason = (candidate: SelectionCandidate, rules: SelectionRules): LeftOut | undefined => {
  if (rules.withRationale === false) return undefined;
  if (wordsOf(candidate.rationale).length === 0) return 'emptyRationale';
  if (wordsOf(candidate.rationale).length < rules.minRationaleWords) return 'vacuousRationale';
  return isVacuous(candidate.rationale) ? 'vacuousRationale' : unfaithful(candidate, rules);
};

const unfaithful = ({ faithfulness }: SelectionCandidate, rules: SelectionRules): LeftOut | undefined => {
  const wanted = rules.faithfulness ?? 'any';
  if (wanted !== 'any' && faithfulness === 'contradicted') return 'contradictedRationale';
  return wanted === 'supported' && faithfulness !== 'supported' ? 'unsupportedRationale' : undefined;
};

/** Takes samples one by one, so that only those that are kept stay in memory. */
export interface Selector<Candidate> {
  offer(candidate: Candidate): void;
  result(): Selection<Candidate>;
}

/**
 * Chooses training samples: passing, changed, one for each distinct fix of a task, with a rationale that says something,
 * at most `perTask` a task. Pure and ordered by what is offered, so the same rows give the same set.
 */
export const selector = <Candidate extends SelectionCandidate>(
  rules: SelectionRules,
  seed: string,
): Selector<Candidate> => {
  const leftOut: Partial<Record<LeftOut, number>> = {};
  const fixesOf = new Map<string, Set<string>>();
  const kept: Candidate[] = [];
  const reject = (reason: LeftOut): false => {
    leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    return false;
  };
  return {
    offer(candidate) {
      const reason = ownReason(candidate, rules) ?? repeated(candidate, rules, fixesOf);
      if (reason) reject(reason);
      else kept.push(candidate);
    },
    result: () => ({ kept: cutToLimit(kept, rules.limit, seed, reject), leftOut }),
  };
};

/** Against what is kept of its task, which it joins where nothing speaks against it. */
const repeated = (
  { taskId, normalised }: SelectionCandidate,
  { perTask }: SelectionRules,
  fixesOf: Map<string, Set<string>>,
): LeftOut | undefined => {
  const fixes = fixesOf.get(taskId) ?? new Set<string>();
  if (fixes.has(normalised ?? '')) return 'duplicate';
  if (fixes.size >= perTask) return 'perTask';
  fixesOf.set(taskId, fixes.add(normalised ?? ''));
  return undefined;
};

const cutToLimit = <Candidate>(
  kept: Candidate[],
  limit: number | undefined,
  seed: string,
  reject: (reason: LeftOut) => false,
): Candidate[] => {
  if (limit === undefined || kept.length <= limit) return kept;
  const chosen = new Set(shuffled(kept, `${seed}/limit`).slice(0, limit));
  return kept.filter((candidate) => chosen.has(candidate) || reject('limit'));
};
