import type { Task } from '../contract/task.js';

/** A problem that was trained on and is to be scored, and what gives it away. */
export interface Contamination {
  problemId: string;
  because: 'the same problem' | 'the same reference' | 'the same buggy program';
  trainedAs: string;
}

/** Layout and comments make no other program. Strings with a # in them lose their end alike on both sides. */
const normalised = (program: string): string => program.replace(/#.*$/gm, '').replace(/\s+/g, ' ').trim();

/** Programs shorter than this, such as a bare `return a + b`, are equal by chance. */
const minChars = 60;

const programIndex = (tasks: readonly Task[], of: (task: Task) => string | undefined): Map<string, string> =>
  new Map(
    tasks.flatMap((task) => {
      const text = normalised(of(task) ?? '');
      return text.length < minChars ? [] : [[text, task.problemId] as const];
    }),
  );

/**
 * The problems of `scored` that `trained` holds, by their id, or by a program that is the same whatever it is called:
 * two data sets name one problem differently. `allowed` are those that a person named.
 */
export const findContamination = (
  trained: readonly Task[],
  scored: readonly Task[],
  allowed: ReadonlySet<string>,
): Contamination[] => {
  const ids = new Set(trained.map(({ problemId }) => problemId));
  const references = programIndex(trained, ({ reference }) => reference);
  const bugs = programIndex(trained, ({ buggy }) => buggy);
  const found = new Map<string, Contamination>();
  for (const { problemId, reference, buggy } of scored) {
    if (allowed.has(problemId) || found.has(problemId)) continue;
    const sameReference = references.get(normalised(reference ?? ''));
    const sameBug = bugs.get(normalised(buggy ?? ''));
    if (ids.has(problemId)) found.set(problemId, { problemId, because: 'the same problem', trainedAs: problemId });
    else if (sameReference !== undefined)
      found.set(problemId, { problemId, because: 'the same reference', trainedAs: sameReference });
    else if (sameBug !== undefined)
      found.set(problemId, { problemId, because: 'the same buggy program', trainedAs: sameBug });
  }
  return [...found.values()];
};

const shown = 5;

/** The finding in words, the first few by name. */
export const contaminationText = (found: readonly Contamination[]): string => {
  const names = found
    .slice(0, shown)
    .map(({ problemId, because, trainedAs }) =>
      because === 'the same problem' ? problemId : `${problemId} (${because} as ${trainedAs})`,
    );
  const more = found.length > shown ? ` and ${found.length - shown} more` : '';
  return `${found.length} of the problems to be scored are in the training set: ${names.join(', ')}${more}`;
};
