import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore, Trainer, TrainJob, TrainOutcome, TrainProgress, Work } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import { type TrainerLine, trainerJobSchema, trainerLineSchema } from '../../contract/train.js';
import { pythonEnv, resourcePath } from '../paths.js';
import { materialiseTree } from '../store/materialise-tree.js';
import { runChild } from './child.js';
import { embeddedBaseDir } from './embedded-base.js';
import { childEnvironment } from './environment.js';
import { explainEnd, failureKind } from './explain.js';

export interface LoraTrainerOptions {
  /** Home of the trainer's caches and of the embedded base; a job's own files lie in its workDir. */
  stateDir: string;
  /** The base model's folder in Hugging Face layout; without it the embedded model's, unpacked on first use. */
  baseDir?: () => Promise<string>;
  /** Where an adapter to go on from is kept. */
  store?: ObjectStore;
  /** CPU threads, all by default. A job that is resumed keeps the number it began with. */
  threads?: number;
  /** How much work a crash may cost. */
  checkpointSeconds?: number;
}

/** Lays the adapter to go on from beside the job's files. */
const startDirOf = async (
  { startFrom, workDir }: TrainJob,
  { store }: LoraTrainerOptions,
): Promise<{ startDir?: string }> => {
  if (startFrom === undefined) return {};
  if (!store) throw new NextuneFailure('trainerFailed', 'this trainer has no store to take an adapter from');
  const startDir = join(workDir, 'start');
  await materialiseTree(store, startFrom, startDir);
  return { startDir };
};

const writeJob = async (job: TrainJob, options: LoraTrainerOptions, threads: number): Promise<string> => {
  const { rank, alpha, learningRate, epochs, batchSize, maxTokens, precision } = job.config;
  const content = trainerJobSchema.parse({
    baseDir: await (options.baseDir?.() ?? embeddedBaseDir(options.stateDir)),
    examplesPath: job.examplesPath,
    workDir: job.workDir,
    ...(await startDirOf(job, options)),
    seed: job.seed,
    threads,
    ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
    config: { rank, alpha, learningRate, epochs, batchSize, maxTokens, precision },
  });
  const path = join(job.workDir, 'job.json');
  await writeFile(path, JSON.stringify(content, null, 2));
  return path;
};

/** A line of another kind is a library's chatter on standard output; it means nothing here. */
const parseLine = (line: string): TrainerLine | undefined => {
  try {
    return trainerLineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
};

const asProgress = (line: TrainerLine & { type: 'progress' }): TrainProgress => {
  const { type: _type, ...progress } = line;
  return progress;
};

const asOutcome = (line: TrainerLine & { type: 'done' }): TrainOutcome => {
  const { adapterDir, steps, trainTokens, finalLoss, seconds, precision } = line;
  return { adapterDir, steps, trainTokens, finalLoss, seconds, precision };
};

/** A log that can't be opened is no fault of the interpreter: it stays what it was, a full disk above all. */
const cannotStart = (cause: unknown): never => {
  if (!(cause as NodeJS.ErrnoException).syscall?.startsWith('spawn')) throw cause;
  throw new NextuneFailure(
    'trainerFailed',
    `the trainer's interpreter ${pythonEnv()} could not be started: ${String(cause)}\nwhat to do: npm run bootstrap`,
    { cause },
  );
};

const train = async (options: LoraTrainerOptions, job: TrainJob, work: Work<TrainProgress>): Promise<TrainOutcome> => {
  await mkdir(job.workDir, { recursive: true });
  const threads = options.threads ?? availableParallelism();
  const jobPath = await writeJob(job, options, threads);
  const logPath = join(job.workDir, 'trainer.log');
  work.signal?.throwIfAborted();
  let last: TrainerLine | undefined;
  const end = await runChild({
    command: pythonEnv(),
    args: ['-m', 'nextune_train.main', '--with-parent', '--job', jobPath],
    env: childEnvironment({ pythonPath: resourcePath('python'), stateDir: options.stateDir, threads }),
    logPath,
    signal: work.signal,
    onLine: (text) => {
      const line = parseLine(text);
      if (line?.type === 'progress') work.onProgress?.(asProgress(line));
      else if (line) last = line;
    },
  }).catch(cannotStart);
  work.signal?.throwIfAborted();
  if (end.code === 0 && last?.type === 'done') return asOutcome(last);
  const failed = { end, line: last, logPath, job };
  throw new NextuneFailure(failureKind(failed), explainEnd(failed));
};

/** Fine-tunes LoRA adapters in a Python process (python/nextune_train). A retry of the same job resumes or repeats its result. */
export const createLoraTrainer = (options: LoraTrainerOptions): Trainer => ({
  train: (job, work = {}) => train(options, job, work),
});
