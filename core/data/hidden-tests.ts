/**
 * What a program answered to one call: a literal's source text, a float that only has to be near, or null where the call
 * raised, took too long or returned no short plain data.
 */
export type Answer = string | { near: string } | null;

/** Calls (expressions around one call of the entry point), and what reference and mutants answered to them. */
export interface AnsweredCalls {
  /** What the visible tests compute. */
  shown: readonly string[];
  /** New ones, candidates for hidden tests. */
  calls: readonly string[];
  /** The reference's answers to `shown`, then `calls`, in several runs that may differ. */
  runs: readonly (readonly Answer[])[];
  /** The same of programs with a small bug each; shorter where a mutant's time was over. */
  mutants: readonly (readonly Answer[])[];
}

/** Hidden tests that a problem has at least, where they can be made. */
export const hiddenTestsWanted = 8;

/** Relative, as EvalPlus takes for floats; absolute below 1. */
const tolerance = 1e-6;

export const sameAnswer = (one: Answer | undefined, other: Answer | undefined): boolean => {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [a, b] = [Number(one.near), Number(other.near)];
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
};

const testOf = (call: string, answer: Exclude<Answer, null>): string => {
  if (typeof answer === 'string') return `assert ${call} == ${answer}`;
  const allowed = Number((tolerance * Math.max(1, Math.abs(Number(answer.near)))).toPrecision(1));
  return `assert abs(${call} - ${answer.near.startsWith('-') ? `(${answer.near})` : answer.near}) <= ${allowed}`;
};

interface Candidate {
  call: string;
  answer: Exclude<Answer, null>;
  /** Mutants that answer otherwise, among those that pass the visible calls. */
  kills: ReadonlySet<number>;
}

/** Calls to which the reference gives one and the same answer in every run. */
const candidatesOf = ({ shown, calls, runs, mutants }: AnsweredCalls): Candidate[] => {
  const [reference = [], ...others] = runs;
  const differs = (answers: readonly Answer[], at: number): boolean =>
    at < answers.length && reference[at] !== null && !sameAnswer(answers[at], reference[at]);
  const hidden = mutants.flatMap((answers, mutant) => (shown.some((_, at) => differs(answers, at)) ? [] : [mutant]));
  return calls.flatMap((call, position): Candidate[] => {
    const at = shown.length + position;
    const answer = reference[at] ?? null;
    if (answer === null || !others.every((run) => sameAnswer(run[at], answer))) return [];
    return [{ call, answer, kills: new Set(hidden.filter((mutant) => differs(mutants[mutant] ?? [], at))) }];
  });
};

/** The fewest calls, greedily, that together tell every mutant from the reference that any of them tells. */
const strongest = (candidates: readonly Candidate[]): Candidate[] => {
  const chosen: Candidate[] = [];
  const left = new Set(candidates.flatMap(({ kills }) => [...kills]));
  const gain = ({ kills }: Candidate): number => [...kills].filter((mutant) => left.has(mutant)).length;
  while (left.size > 0) {
    const best = candidates.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    chosen.push(best);
    for (const mutant of best.kills) left.delete(mutant);
  }
  return chosen;
};

/**
 * Hidden tests from what the reference answered: first those that tell mutants apart which the visible tests let pass,
 * then a call for each different answer, then others, in order.
 */
export const hiddenTestsFrom = (answered: AnsweredCalls, wanted = hiddenTestsWanted): string[] => {
  const candidates = candidatesOf(answered);
  const key = ({ answer }: Candidate): string => JSON.stringify(answer);
  const firsts = new Set(new Map([...candidates].reverse().map((each) => [key(each), each])).values());
  const ranked = new Set([...strongest(candidates), ...candidates.filter((each) => firsts.has(each)), ...candidates]);
  return [...ranked].slice(0, wanted).map(({ call, answer }) => testOf(call, answer));
};
