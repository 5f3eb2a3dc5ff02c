import { z } from 'zod';
import { trainerConfigSchema } from './config.js';

/** The job file of `python -m nextune_train.main`; python/nextune_train/job.py checks the same shape. */
export const trainerJobSchema = z.strictObject({
  /** Folder of the base model as Hugging Face writes it, with its tokenizer and chat template. */
  baseDir: z.string().min(1),
  examplesPath: z.string().min(1),
  /** The job's own folder: checkpoints, log, adapter. */
  workDir: z.string().min(1),
  /** Folder of an adapter to go on from; without it a fresh one is drawn by seed. */
  startDir: z.string().min(1).optional(),
  seed: z.string().regex(/^\d{1,20}$/),
  device: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
  threads: z.int().positive(),
  /** How much work a crash may cost; 0 writes a checkpoint after each step. */
  checkpointSeconds: z.number().nonnegative().default(30),
  config: trainerConfigSchema.omit({ kind: true, minSamples: true, base: true, from: true }),
});
export type TrainerJob = z.infer<typeof trainerJobSchema>;

/** A line of the trainer's standard output. */
export const trainerLineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.enum(['load', 'train', 'export']),
    step: z.int().nonnegative(),
    totalSteps: z.int().nonnegative(),
    loss: z.number().nullable(),
    tokensPerSecond: z.number().nullable(),
  }),
  z.object({
    type: z.literal('done'),
    adapterDir: z.string(),
    steps: z.int().positive(),
    /** Tokens of prompts and completions that went through the model, over all epochs. */
    trainTokens: z.int().positive(),
    /** Mean loss over the completion tokens of the last epoch. */
    finalLoss: z.number(),
    /** Time spent in training steps, resumed runs included. */
    seconds: z.number().nonnegative(),
    precision: z.enum(['fp32', 'bf16']),
    examples: z.int().positive(),
    /** Rows left out because they were longer than maxTokens. */
    leftOut: z.int().nonnegative(),
  }),
  z.object({
    type: z.literal('error'),
    kind: z.enum(['job', 'examples', 'base', 'locked', 'out-of-memory', 'internal']),
    message: z.string(),
  }),
]);
export type TrainerLine = z.infer<typeof trainerLineSchema>;
