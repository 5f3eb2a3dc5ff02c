import { z } from 'zod';
import { digestSchema, rowsRefSchema } from './digest.js';
import { treeHeadSchema } from './event.js';

const shardSchema = z.object({ samples: rowsRefSchema, verdicts: rowsRefSchema });
const tracedSchema = z.object({ tasks: rowsRefSchema, traces: rowsRefSchema });
export const scoredModelSchema = z.object({
  model: z.string(),
  digest: z.string(),
  tuned: z.boolean(),
  adapter: digestSchema.optional(),
});
export const evaluationScoreSchema = z.object({
  score: digestSchema,
  tasks: z.number(),
  samples: z.number(),
  none: z.number(),
  parsedShare: z.number(),
  unchangedShare: z.number(),
  passAtK: z.array(
    z.union([
      z.object({ k: z.number(), mean: z.number(), low: z.number(), high: z.number() }),
      z.object({ k: z.number(), notEstimated: z.string() }),
    ]),
  ),
});
const countsSchema = z.record(z.string(), z.number());

/** One scored set: who answered, what was asked, every shard's rows, and the score computed from them. */
const evaluationSchema = z.object({
  name: z.string(),
  model: scoredModelSchema,
  problems: tracedSchema,
  shards: z.array(shardSchema),
  score: evaluationScoreSchema,
});
export type EvaluationRecord = z.infer<typeof evaluationSchema>;

/** What a round ran on, as stored objects: locked packages of both languages, and the sandbox's policy. */
const environmentSchema = z.object({
  packageLock: digestSchema,
  pythonLocks: digestSchema,
  sandboxPolicy: digestSchema.optional(),
});
export type EnvironmentRecord = z.infer<typeof environmentSchema>;

/**
 * What another run of the same campaign reproduces: no times, hosts, attempts or Temporal ids. Version 2 is signed and
 * has an environment; version 1 was sealed before there were signatures, and is still read and verified.
 */
export const manifestContentSchema = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  kind: z.enum(['base', 'round', 'campaign']),
  campaign: z.string(),
  round: z.int().nonnegative(),
  configuration: digestSchema,
  codeVersion: z.string(),
  promptVersion: z.string(),
  base: scoredModelSchema,
  sampledFrom: scoredModelSchema.optional(),
  problems: tracedSchema.optional(),
  /** Every task of the data set, of which each split was drawn. */
  dataset: rowsRefSchema.optional(),
  environment: environmentSchema.optional(),
  shots: tracedSchema,
  /** The hard-problem filter's rows, by the base model on the whole train split. */
  filter: z.array(shardSchema).optional(),
  shards: z.array(shardSchema),
  training: rowsRefSchema.optional(),
  selection: z.object({ tasksSolved: z.number(), leftOut: countsSchema }).optional(),
  produced: scoredModelSchema.optional(),
  fineTune: z
    .object({ steps: z.number(), trainTokens: z.number(), finalLoss: z.number(), precision: z.string() })
    .optional(),
  evaluations: z.array(evaluationSchema),
  counts: countsSchema,
  /** What the round's numbers say about the next one: go on, stop, or roll back to the best checkpoint. */
  decision: z
    .object({
      next: z.enum(['continue', 'stop', 'rollBack']),
      reason: z.string(),
      best: z.object({ round: z.number(), devPassAt1: z.number() }),
      devPassAt1: z.number(),
      roundsWithoutGain: z.number(),
      change: z
        .object({ k: z.number(), difference: z.number(), low: z.number(), high: z.number(), clusters: z.number() })
        .optional(),
    })
    .optional(),
  /** First sample index of each task, where a model was sampled again after a roll-back. */
  firstIndex: z.int().positive().optional(),
  /** Why a round made no model, or which round is best. */
  ended: z.string().optional(),
  best: z.int().nonnegative().optional(),
  /** Content digest of the manifest before; null for a campaign's first. */
  previous: digestSchema.nullable(),
});
export type ManifestContent = z.infer<typeof manifestContentSchema>;

/** When, where and at which attempt: kept beside the content, outside its digest. */
export const manifestCircumstancesSchema = z.object({
  sealedAt: z.iso.datetime(),
  host: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  previousManifest: digestSchema.nullable(),
  durations: z.array(rowsRefSchema),
  askedGroups: z.number(),
  recordedGroups: z.number(),
  trainSeconds: z.number().optional(),
  /** The events log as it stood before this seal. */
  events: treeHeadSchema.optional(),
  machine: z.object({ platform: z.string(), arch: z.string(), node: z.string() }).optional(),
  /** Which attempt of the round this is, and the manifest of the one whose place it takes. */
  attempt: z.int().positive().optional(),
  supersedes: digestSchema.optional(),
});
export type ManifestCircumstances = z.infer<typeof manifestCircumstancesSchema>;

/** A round's sealed record. `contentDigest` is SHA-256 over the canonical JSON (RFC 8785) of `content`. */
export const manifestSchema = z.object({
  content: manifestContentSchema,
  contentDigest: digestSchema,
  circumstances: manifestCircumstancesSchema,
});
export type Manifest = z.infer<typeof manifestSchema>;
