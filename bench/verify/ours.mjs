/** Keeps `window` candidates in flight for a time or a number; returns verdicts and the time they took. */
export const judgeStream = async (verifier, candidates, { limits, window = 64, onVerdict = () => {}, seconds }) => {
  const startedMs = performance.now();
  const inTime = () => seconds === undefined || performance.now() - startedMs < seconds * 1000;
  let done = 0;
  const lane = async () => {
    for (;;) {
      const next = inTime() ? candidates.next() : { done: true };
      if (next.done) return;
      const [verdict] = await verifier.verify([next.value], limits);
      done += 1;
      onVerdict(verdict);
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  return { verdicts: done, seconds: (performance.now() - startedMs) / 1000 };
};

/** Endlessly the same programs, in turn. */
export function* passing(problems) {
  for (let index = 0; ; index += 1) {
    const { task } = problems[index % problems.length];
    yield { task, index, program: task.reference };
  }
}
