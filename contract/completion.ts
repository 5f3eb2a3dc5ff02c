import { z } from 'zod';
import { digestSchema } from './digest.js';

export const chatMessageSchema = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
export type ChatMessage = z.infer<typeof chatMessageSchema>;

export const samplingParamsSchema = z.object({
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  maxTokens: z.int().positive(),
  stop: z.array(z.string()).default([]),
});
export type SamplingParams = z.infer<typeof samplingParamsSchema>;

/** One answer of a model. A completion that ends at max tokens is one; its finish reason says so. */
export const completionSchema = z.object({
  text: z.string(),
  finishReason: z.enum(['stop', 'length']),
  completionTokens: z.int().nonnegative(),
});
export type Completion = z.infer<typeof completionSchema>;

/**
 * What identifies a group of answers, and so what its ledger key digests: nothing of when, where or which attempt.
 * `seed` is derived from campaign seed, task and first index, so a group asked again is asked the same way.
 */
export const groupRequestSchema = z.object({
  modelDigest: z.string(),
  messages: z.array(chatMessageSchema).min(1),
  sampling: samplingParamsSchema,
  campaignSeed: z.string(),
  taskId: z.string(),
  firstIndex: z.int().nonnegative(),
  count: z.int().positive(),
});
export type GroupRequest = z.infer<typeof groupRequestSchema>;

/** A whole group on disk, written in one atomic step before the activity that asked for it reports. */
export const groupRecordSchema = z.object({
  version: z.literal(1),
  key: digestSchema,
  taskId: z.string(),
  firstIndex: z.int().nonnegative(),
  completions: z.array(completionSchema).min(1),
  promptTokens: z.int().nonnegative(),
});
export type GroupRecord = z.infer<typeof groupRecordSchema>;

/** A group of which some choices were refused (null): the others were paid for, and are not asked again. */
export const partialRecordSchema = z.object({
  version: z.literal(1),
  key: digestSchema,
  completions: z.array(completionSchema.nullable()).min(1),
  promptTokens: z.int().nonnegative(),
});
export type PartialRecord = z.infer<typeof partialRecordSchema>;
