import { z } from 'zod';
import { verdictSchema } from './verdict.js';

/** A drawn sample as it is stored: the answer as it came, and what the parser made of it. */
export const sampleRowSchema = z.object({
  taskId: z.string(),
  index: z.int().nonnegative(),
  completion: z.string(),
  finishReason: z.enum(['stop', 'length']),
  completionTokens: z.int().nonnegative(),
  parsed: z.boolean(),
});
export type SampleRow = z.infer<typeof sampleRowSchema>;

/** A verdict as content: without its duration, which another run would not reproduce. */
export const verdictRowSchema = verdictSchema.omit({ durationMs: true });
export type VerdictRow = z.infer<typeof verdictRowSchema>;

/** What the trainer learns from: zero-shot messages and the answer the loss is taken on. */
export const trainingRowSchema = z.object({
  taskId: z.string(),
  index: z.int().nonnegative(),
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })),
  completion: z.string(),
});
export type TrainingRow = z.infer<typeof trainingRowSchema>;

/** A folder kept by digest: an adapter, say. Paths are relative, with forward slashes, in sorted order. */
export const treeSchema = z.object({
  files: z.array(z.object({ path: z.string(), digest: z.string(), bytes: z.int().nonnegative() })),
});
export type Tree = z.infer<typeof treeSchema>;
