import { createHash } from 'node:crypto';
import type { Work } from '../../activities/ports.js';
import { codeVersion } from '../../adapters/code-version.js';
import { type CheckProgress, checkTasks } from '../../adapters/data/check/check.js';
import { Journal } from '../../adapters/data/journal.js';
import { openProgramReader } from '../../adapters/data/program-reader.js';
import { runReferences } from '../../adapters/data/reference-runner.js';
import { createNormaliser } from '../../adapters/program/normaliser.js';
import type { SandboxVerifier } from '../../adapters/sandbox/verifier.js';
import type { Task } from '../../contract/task.js';
import { dropsOf, type Finding, type FindingKind, faultyCounts } from '../../core/data/check/finding.js';
import { countBy } from '../../core/data/count.js';
import { type FixedFiles, refuseFixedOutput, writeFixed } from './fixed-files.js';
import { readProblems, splitOf } from './task-files.js';

export interface CheckRequest {
  paths: readonly string[];
  /** Evaluation sets that the tasks must not hold. */
  against: readonly string[];
  seed: string;
  /** Kinds that don't count; without `weak-tests` no mutant is run. */
  skip: readonly FindingKind[];
  /** Where the rows without a finding go; the dropped ones go beside it, with why. */
  fixed?: string | undefined;
}

export interface CheckReport {
  tasks: number;
  problems: number;
  splits: Record<string, number>;
  evaluation: number;
  findings: Finding[];
  /** Findings by kind. */
  counts: Record<string, number>;
  /** Rows with a finding. */
  faulty: number;
  fix: FixedFiles | null;
}

const workDigest = async (tasks: readonly Task[], plan: object): Promise<string> =>
  createHash('sha256')
    .update(JSON.stringify([await codeVersion(), plan, tasks]))
    .digest('hex');

/**
 * Checks tasks or problems, and writes those without a finding where asked to. An interrupted check is continued by the
 * same request.
 * @throws InputError for files that are malformed, missing or empty.
 */
export const checkData = async (
  { paths, against, seed, skip, fixed }: CheckRequest,
  { openVerifier, ...work }: { openVerifier: () => Promise<SandboxVerifier> } & Work<CheckProgress>,
): Promise<CheckReport> => {
  if (fixed !== undefined) await refuseFixedOutput(fixed);
  const tasks = await readProblems(paths);
  const evaluation = against.length > 0 ? await readProblems(against) : [];
  const plan = { seed, mutants: !skip.includes('weak-tests') };
  const journal = await Journal.open({ output: paths[0] ?? 'tasks', digest: await workDigest(tasks, plan) });
  const verifier = await openVerifier();
  const reader = openProgramReader();
  const deps = { reader, verifier, normaliser: createNormaliser(), run: runReferences, journal };
  try {
    const all = await checkTasks({ tasks, evaluation, plan }, { ...deps, ...work });
    const findings = all.filter(({ kind }) => !skip.includes(kind));
    const fix = fixed === undefined ? null : await writeFixed({ paths, tasks, findings }, fixed);
    await journal.finish();
    return {
      tasks: tasks.length,
      problems: new Set(tasks.map(({ problemId }) => problemId)).size,
      splits: countBy(tasks, splitOf),
      evaluation: evaluation.length,
      findings,
      counts: faultyCounts(findings),
      faulty: dropsOf(findings).size,
      fix,
    };
  } catch (error) {
    await journal.leave();
    throw error;
  } finally {
    reader.close();
    await verifier.close();
  }
};
