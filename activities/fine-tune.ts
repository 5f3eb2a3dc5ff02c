import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FineTuneArgs, FineTuneResult } from '../contract/steps.js';
import { digestOfValue } from '../core/hash/digest.js';
import type { Deps } from './deps.js';
import type { TrainProgress, Work } from './ports.js';
import { putTree } from './tree.js';

/** What the trainer tells, and where and when this attempt began to train, from its start: what its speed is measured by. */
export type TrainBeat = TrainProgress & { from?: { step: number; atMs: number } };

/**
 * Trains an adapter of the base model on a round's training set. The work folder is named by what is trained, so a
 * retry goes on from the last checkpoint there, on this machine.
 */
export const fineTune = async (
  deps: Deps,
  { training, seed, trainer, base, startFrom, attempt }: FineTuneArgs,
  work: Work<TrainBeat>,
): Promise<FineTuneResult> => {
  const began = performance.now();
  const start = startFrom === undefined ? {} : { startFrom };
  const anew = attempt === undefined ? {} : { attempt };
  const identity = digestOfValue({ training, seed, trainer, base, ...start, ...anew });
  const job = identity.slice('sha256:'.length, 'sha256:'.length + 16);
  const workDir = join(deps.scratchDir, 'training', job);
  const examplesPath = await writeExamples(deps, training.digest, workDir);
  const outcome = await deps
    .trainer(trainer.base)
    .train({ workDir, examplesPath, seed, config: trainer, ...start }, fromFirstStep(work, began));
  return {
    adapter: await putTree(deps.store, outcome.adapterDir),
    steps: outcome.steps,
    trainTokens: outcome.trainTokens,
    finalLoss: outcome.finalLoss,
    precision: outcome.precision,
    seconds: outcome.seconds,
  };
};

/** An attempt that goes on from a checkpoint did not take the steps before it, and loading takes none. */
const fromFirstStep = ({ onProgress, ...work }: Work<TrainBeat>, began: number): Work<TrainProgress> => {
  let from: TrainBeat['from'];
  const tell = (progress: TrainProgress): void => {
    if (progress.phase === 'train') from ??= { step: progress.step, atMs: Math.round(performance.now() - began) };
    onProgress?.({ ...progress, ...(from && { from }) });
  };
  return { ...work, onProgress: tell };
};

const writeExamples = async (deps: Deps, digest: string, workDir: string): Promise<string> => {
  const path = join(workDir, 'examples.jsonl');
  await mkdir(workDir, { recursive: true });
  await writeFile(`${path}.tmp`, await deps.store.get(digest));
  await rename(`${path}.tmp`, path);
  return path;
};
