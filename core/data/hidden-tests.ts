/** A call of the entry point and what the reference returned, both as source text. */
export interface AnsweredCall {
  call: string;
  answer: string;
}

/** Hidden tests that a problem without any gets. */
export const hiddenTestsWanted = 8;

/**
 * Hidden tests from what the reference answered: a call for each different answer first, then others, in order. Calls
 * without the same answer in every run are left out.
 */
export const hiddenTestsFrom = (
  entryPoint: string,
  calls: readonly string[],
  runs: readonly (readonly (string | null)[])[],
): string[] => {
  const answered = calls.flatMap((call, at): AnsweredCall[] => {
    const [answer, ...others] = runs.map((run) => run[at] ?? null);
    return answer && others.every((other) => other === answer) ? [{ call, answer }] : [];
  });
  const isFirst = ({ answer }: AnsweredCall, at: number): boolean =>
    answered.findIndex((other) => other.answer === answer) === at;
  const ranked = [...answered.filter(isFirst), ...answered.filter((each, at) => !isFirst(each, at))];
  return ranked.slice(0, hiddenTestsWanted).map(({ call, answer }) => `assert ${entryPoint}(${call}) == ${answer}`);
};
