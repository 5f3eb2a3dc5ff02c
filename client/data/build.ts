import type { Verifier, Work } from '../../activities/ports.js';
import { type BuildPlan, type BuildProgress, buildTasks } from '../../adapters/data/build.js';
import { openProgramReader } from '../../adapters/data/program-reader.js';
import { runReferences } from '../../adapters/data/reference-runner.js';
import { writeRows } from '../../adapters/data/rows.js';
import { countBy } from '../../core/data/count.js';
import { fileDigest, readProblems, splitOf } from './task-files.js';

export interface BuildReport {
  problems: number;
  tasks: number;
  /** Candidate bugs that were run. */
  tried: number;
  splits: Record<string, number>;
  operators: Record<string, number>;
  /** Repair tasks with hidden tests, and how many of them got these from their reference. */
  hiddenTests: { tasks: number; fromReference: number };
  refused: { id: string; reason: string }[];
  output: string;
  /** Of the written file; null when nothing was written. */
  digest: string | null;
}

/**
 * Builds repair tasks from the problems in files and folders, and writes them in one step. Writes nothing when none
 * came out. The same problems and plan give the same bytes.
 * @throws InputError for problems that are malformed, missing, or in two splits.
 */
export const buildData = async (
  { paths, output, ...plan }: BuildPlan & { paths: readonly string[]; output: string },
  { openVerifier, ...work }: { openVerifier: () => Promise<Verifier> } & Work<BuildProgress>,
): Promise<BuildReport> => {
  const problems = await readProblems(paths);
  const verifier = await openVerifier();
  const reader = openProgramReader();
  try {
    const { tasks, refused, tried } = await buildTasks(problems, plan, { reader, verifier, runReferences, ...work });
    if (tasks.length > 0) await writeRows(output, tasks);
    const digest = tasks.length > 0 ? await fileDigest(output) : null;
    const operators = countBy(tasks, ({ mutation }) => (mutation as { operator: string }).operator);
    const splits = countBy(tasks, splitOf);
    const hiddenTests = {
      tasks: tasks.filter((task) => task.hiddenTests?.length).length,
      fromReference: tasks.filter((task) => task.hiddenTestsFrom === 'reference').length,
    };
    const counts = { problems: problems.length, tasks: tasks.length, tried, splits, operators, hiddenTests };
    return { ...counts, refused, output, digest };
  } finally {
    reader.close();
    await verifier.close();
  }
};
