import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Verifier, Work } from '../../activities/ports.js';
import { codeVersion } from '../../adapters/code-version.js';
import { type BuildPlan, type BuildProgress, type Built, buildTasks } from '../../adapters/data/build.js';
import { Journal } from '../../adapters/data/journal.js';
import { openProgramReader } from '../../adapters/data/program-reader.js';
import { runReferences } from '../../adapters/data/reference-runner.js';
import { writeRows } from '../../adapters/data/rows.js';
import type { Solver } from '../../adapters/data/sample-bugs.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import { dataCard, kindOfBug, type Provenance } from '../../core/data/card.js';
import { countBy } from '../../core/data/count.js';
import { fileDigest, readProblems, splitOf } from './task-files.js';

/** Who writes the bugs, and all that its answers depend on besides problem and seed. */
export interface SamplingModel extends Solver {
  provenance: NonNullable<Provenance['model']>;
}

export interface BuildReport {
  problems: number;
  tasks: number;
  /** Candidate bugs that were run. */
  tried: number;
  splits: Record<string, number>;
  operators: Record<string, number>;
  /** Repair tasks with hidden tests, and how many of them got these from their reference. */
  hiddenTests: { tasks: number; fromReference: number };
  /** What became of a model's answers; empty for mutations. */
  answers: Record<string, number>;
  refused: { id: string; reason: string }[];
  output: string;
  /** Of the written file; null when nothing was written. */
  digest: string | null;
  /** The data card beside it. */
  card: string | null;
}

/**
 * Builds repair tasks from the problems in files and folders, and writes them in one step. Writes nothing when none
 * came out. The same problems and plan give the same bytes. An interrupted build is continued by the same request.
 * @throws InputError for problems that are malformed, missing, or in two splits.
 */
export const buildData = async (
  { paths, output, ...plan }: BuildPlan & { paths: readonly string[]; output: string },
  {
    openVerifier,
    solver,
    ...work
  }: { openVerifier: () => Promise<Verifier>; solver?: SamplingModel | undefined } & Work<BuildProgress>,
): Promise<BuildReport> => {
  const problems = await readProblems(paths);
  const code = await codeVersion();
  const digest = createHash('sha256')
    .update(JSON.stringify([code, plan, problems, ...(solver ? [solver.provenance] : [])]))
    .digest('hex');
  await mkdir(dirname(output), { recursive: true });
  const journal = await Journal.open({ output, digest });
  const verifier = await openVerifier();
  const reader = openProgramReader();
  try {
    const built = await buildTasks(problems, plan, { reader, verifier, runReferences, solver, journal, ...work });
    const report = await write(built, { output, plan, code, problems: problems.length, model: solver?.provenance });
    await journal.finish();
    return report;
  } catch (error) {
    await journal.leave();
    throw error;
  } finally {
    reader.close();
    await verifier.close();
  }
};

/** Beside the tasks: what they are, for people. */
const cardOf = (output: string): string => `${output.replace(/\.(jsonl|parquet)$/, '')}.card.md`;

const write = async (
  { tasks, refused, tried, answers }: Built,
  { output, plan, ...from }: Pick<Provenance, 'code' | 'problems' | 'model'> & { output: string; plan: BuildPlan },
): Promise<BuildReport> => {
  const card = cardOf(output);
  const digest = tasks.length > 0 ? await writeRows(output, tasks).then(() => fileDigest(output)) : null;
  if (digest !== null) {
    const { seed, perProblem, limit } = plan;
    const counts = { refused, tried, answers };
    await writeDurably(card, dataCard(tasks, { ...from, digest, seed, perProblem, limit, ...counts }));
  }
  return {
    problems: from.problems,
    tasks: tasks.length,
    tried,
    splits: countBy(tasks, splitOf),
    operators: countBy(tasks, kindOfBug),
    hiddenTests: {
      tasks: tasks.filter((task) => task.hiddenTests?.length).length,
      fromReference: tasks.filter((task) => task.hiddenTestsFrom !== undefined).length,
    },
    answers,
    refused,
    output,
    digest,
    card: digest === null ? null : card,
  };
};
