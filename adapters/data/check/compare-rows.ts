import type { Normaliser } from '../../../activities/ports.js';
import type { Task } from '../../../contract/task.js';
import {
  compareProblems,
  duplicateFindings,
  type ProfiledProblem,
  splitConflictFindings,
} from '../../../core/data/check/compare.js';
import type { Finding } from '../../../core/data/check/finding.js';
import { profileOf } from '../../../core/data/check/profile.js';
import type { ProgramReader } from '../program-reader.js';

export interface CompareDeps {
  reader: ProgramReader;
  normaliser: Normaliser;
}

/** One profile a source problem, from its first row; the rows of a split that it also stands in go by a finding of their own. */
const profilesOf = async (tasks: readonly Task[], reader: ProgramReader): Promise<ProfiledProblem[]> => {
  const byProblem = new Map<string, Task[]>();
  for (const task of tasks) byProblem.set(task.problemId, [...(byProblem.get(task.problemId) ?? []), task]);
  return Promise.all(
    [...byProblem.values()].map(async (rows) => {
      const [first] = rows as [Task];
      const program = first.reference ?? first.buggy ?? '';
      const read = await reader.signature(program);
      const { code, shapes } = read.ok ? read : { code: program, shapes: [] };
      const profile = profileOf({ ...first, split: first.split, code, shapes });
      return { ...profile, ids: rows.map(({ id }) => id) };
    }),
  );
};

const duplicatesOf = async (tasks: readonly Task[], normaliser: Normaliser): Promise<Finding[]> => {
  const programs = tasks.map(({ buggy, reference }) => buggy ?? reference ?? '');
  const digests = await normaliser.normalise(programs);
  return duplicateFindings(
    tasks.map(({ id, entryPoint, intent, tests, buggy }, at) => ({
      id,
      key: JSON.stringify([digests[at] ?? programs[at], buggy === undefined, entryPoint, intent, tests]),
    })),
  );
};

/** What rows have in common that they should not: with each other, across splits, and with an evaluation set. */
export const compareRows = async (
  tasks: readonly Task[],
  evaluation: readonly Task[],
  { reader, normaliser }: CompareDeps,
): Promise<Finding[]> => [
  ...splitConflictFindings(tasks),
  ...(await duplicatesOf(tasks, normaliser)),
  ...compareProblems(await profilesOf(tasks, reader), await profilesOf(evaluation, reader)),
];
