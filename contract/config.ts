import { z } from 'zod';
import { samplingParamsSchema } from './completion.js';
import { traceFormats } from './trace-formats.js';

export type { TraceFormat } from './trace-formats.js';

const share = z.number().min(0).max(1);

export const traceFormatSchema = z.enum(traceFormats);

/** The constants of the trace's text; core/trace/options.ts has their defaults and says what each is. */
export const traceTextSchema = z.strictObject({
  loopHeadVisits: z.int().positive().optional(),
  lineVisits: z.int().positive().optional(),
  reprLength: z.int().min(4).max(300).optional(),
  /** No more are recorded. */
  firstSteps: z.int().positive().max(30).optional(),
  lastSteps: z.int().nonnegative().optional(),
  commentGap: z.int().positive().max(16).optional(),
  /** The longest traced program in a prompt, in tokens as the served model counts them; its endpoint must have /tokenize. */
  maxTokens: z.int().positive().optional(),
});
export type TraceText = z.infer<typeof traceTextSchema>;

/** What an endpoint's tokens cost, in dollars a million. */
const pricesSchema = z.strictObject({
  promptUsdPerMillionTokens: z.number().nonnegative(),
  completionUsdPerMillionTokens: z.number().nonnegative(),
});

/** Where the answers come from. The API key is named by its environment variable; the key itself is never written. */
export const modelConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('embedded'),
    name: z.string().default('smollm2-135m-instruct'),
  }),
  z.strictObject({
    kind: z.literal('openai'),
    baseUrl: z.url(),
    name: z.string().min(1),
    /**
     * A version of the weights, so that the ledger keeps two versions of one name apart. Without it the endpoint is asked once
     * for a single token, and the model that its answer names is the version.
     */
    version: z.string().optional(),
    apiKeyEnv: z.string().optional(),
    /** Requests in flight at a time, from one worker. */
    concurrency: z.int().positive().default(8),
    /** How long one request may take, to the last byte of its answer. */
    timeoutMs: z.int().positive().default(600_000),
    prices: pricesSchema.optional(),
  }),
]);
export type ModelConfig = z.infer<typeof modelConfigSchema>;

export const splitSizesSchema = z.strictObject({
  /** How many tasks of each split to use, drawn by seed and at most `perProblem` a problem; without it all of them. */
  train: z.int().positive().optional(),
  dev: z.int().positive().optional(),
  test: z.int().positive().optional(),
  perProblem: z.int().positive().optional(),
});

export const trainerConfigSchema = z.strictObject({
  /** `none` selects and scores, and ends the campaign before anything is trained. */
  kind: z.enum(['lora', 'none']).default('lora'),
  rank: z.int().positive().default(16),
  alpha: z.int().positive().default(32),
  learningRate: z.number().positive().default(1e-3),
  epochs: z.int().positive().default(3),
  batchSize: z.int().positive().default(4),
  maxTokens: z.int().positive().default(1024),
  /** A round with fewer training samples ends with a reason and keeps its model. */
  minSamples: z.int().positive().default(4),
  /** NExT trains each round from the base; `last` goes on from the adapter that was sampled, to measure that choice. */
  from: z.enum(['base', 'last']).default('base'),
  precision: z.enum(['auto', 'fp32', 'bf16']).default('auto'),
  /** Folder of the base model's weights in Hugging Face layout; without it the embedded model's. */
  base: z.string().optional(),
});
export type TrainerConfig = z.infer<typeof trainerConfigSchema>;

export const evaluationConfigSchema = z.strictObject({
  k: z.array(z.int().positive()).default([1, 5, 10, 25]),
  samples: z.int().positive().default(8),
  /** Also score base and best without a trace in the prompt. */
  withoutTrace: z.boolean().default(true),
  test: z.boolean().default(true),
  /** Source problems that may be in the training set and scored all the same; any other such problem is refused. */
  allowTrained: z.array(z.string()).default([]),
  /** A second model, which `nextune eval` lets fix each bug from the rationale alone. Its key too is named by its variable. */
  proxy: modelConfigSchema.optional(),
});

export const selectionConfigSchema = z.strictObject({
  perTask: z.int().positive().default(4),
  minRationaleWords: z.int().nonnegative().default(4),
  /** `failing` trains on samples that parse and fail: the control arm of a learning claim. */
  keep: z.enum(['passing', 'failing']).default('passing'),
  /**
   * What a rationale's claims of values must be when checked against trace and tests: `any`, `notContradicted`, or
   * `supported` (at least one claim holds, none is false).
   */
  faithfulness: z.enum(['any', 'notContradicted', 'supported']).default('any'),
  /** Keeps at most this many samples in all, drawn by seed: a control has the size of the arm it is compared with. */
  limit: z.int().positive().optional(),
});

/** How rounds are sealed. Without it: a key of this installation signs, and nothing is anchored outside. */
export const sealingConfigSchema = z
  .strictObject({
    /** Program and arguments: gets the bytes to sign on standard input, answers with an Ed25519 signature. No shell. */
    signCommand: z.array(z.string()).min(1).optional(),
    /** The command's public key, a PEM file. */
    publicKey: z.string().optional(),
    /** Gets each signed tree head on standard input: to make a git tag of it, or to ask a timestamp server. */
    anchorCommand: z.array(z.string()).min(1).optional(),
    /** Environment variables that both commands may see besides PATH and HOME. */
    variables: z.array(z.string()).default([]),
  })
  .refine((sealing) => (sealing.signCommand === undefined) === (sealing.publicKey === undefined), {
    path: ['publicKey'],
    message: 'signCommand and publicKey go together',
  });
export type SealingConfig = z.infer<typeof sealingConfigSchema>;

/** A bucket, or a part of one by prefix, of any S3-compatible service that knows conditional puts (If-None-Match). */
export const s3LocationSchema = z.strictObject({
  bucket: z.string().min(3),
  prefix: z.string().default(''),
  /** The service's address; Amazon's without it. */
  endpoint: z.url().optional(),
  region: z.string().default('us-east-1'),
});
export type S3Location = z.infer<typeof s3LocationSchema>;

/** A campaign's whole configuration (nextune.yaml). Defaults are the laptop's. A wrong key is refused by name and line. */
export const campaignConfigSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes')
      .optional(),
    seed: z
      .string()
      .regex(/^\d{1,20}$/, 'a whole number in quotes')
      .default('1'),
    data: z.strictObject({ tasks: z.string().min(1), use: splitSizesSchema.prefault({}) }),
    model: modelConfigSchema,
    sampling: z
      .strictObject({
        n: z.int().positive().default(8),
        /** Answers asked for in one request; a group is recorded whole. */
        groupSize: z.int().positive().default(8),
        shots: z.int().nonnegative().max(8).default(3),
        traceFormat: traceFormatSchema.default('inline'),
        /** Whether answers give a rationale before the fix; without one there is nothing else to train on but the fix. */
        rationale: z.boolean().default(true),
        /** The longest traced program in a prompt, in characters: visits, then reprs, then comments are cut to fit. */
        traceMaxChars: z.int().positive().default(6000),
        trace: traceTextSchema.prefault({}),
        ...samplingParamsSchema.shape,
        temperature: samplingParamsSchema.shape.temperature.default(0.8),
        topP: samplingParamsSchema.shape.topP.default(0.95),
        maxTokens: samplingParamsSchema.shape.maxTokens.default(200),
      })
      .prefault({}),
    /** Algorithm 1's hard-problem filter with threshold m; `false` trains on every problem of the train split. */
    hardProblems: z.union([z.literal(false), z.strictObject({ m: share })]).default(false),
    selection: selectionConfigSchema.prefault({}),
    trainer: trainerConfigSchema.prefault({}),
    evaluation: evaluationConfigSchema.prefault({}),
    rounds: z.int().positive().max(1000).default(2),
    earlyStop: z
      .strictObject({
        /** Ends the rounds after this many without a better dev pass@1; `false` never does. */
        patience: z.union([z.literal(false), z.int().positive()]).default(2),
        /** Samples the next round from the best checkpoint where pass@25 has fallen for sure. */
        rollBack: z.boolean().default(true),
      })
      .prefault({}),
    /** Which rounds wait for `nextune approve` before they start. */
    approvals: z.union([z.enum(['none', 'all']), z.array(z.int().positive())]).default('none'),
    /** Held, with a reason, before it would be exceeded. `usd` needs the model's prices. */
    budget: z
      .strictObject({
        tokens: z.int().positive().optional(),
        usd: z.number().positive().optional(),
        hours: z.number().positive().optional(),
      })
      .prefault({}),
    verify: z
      .strictObject({
        cpuLimitMs: z.int().positive().default(1000),
        memoryBytes: z
          .int()
          .positive()
          .default(512 * 1024 * 1024),
        /** The largest share of verdicts `none` that a round may go on with. */
        maxNoneShare: share.default(0.02),
      })
      .prefault({}),
    sealing: sealingConfigSchema.optional(),
    /** `dir` keeps everything; with `s3` it keeps only what this machine runs, and the bucket what machines share. */
    store: z.strictObject({ dir: z.string().default('.nextune'), s3: s3LocationSchema.optional() }).prefault({}),
    /**
     * The server that comes with Nextune, the address of one that runs already (`127.0.0.1:7233`), or a profile of Temporal's
     * own configuration, with namespace, TLS and API key, for a cluster or Temporal Cloud.
     */
    temporal: z
      .union([
        z.literal('embedded'),
        z.strictObject({ address: z.string().min(1) }),
        z.strictObject({ profile: z.string().min(1) }),
      ])
      .default('embedded'),
    /** Tasks a shard child handles: about 64 completions an activity. */
    shardTasks: z.int().positive().max(512).default(8),
    /** Shard children in flight at a time: with two, one is sampled while the other is judged. */
    shardsInFlight: z.int().positive().max(64).default(2),
  })
  .superRefine((config, context) => {
    if (config.budget.usd !== undefined && !(config.model.kind === 'openai' && config.model.prices)) {
      context.addIssue({
        code: 'custom',
        path: ['budget', 'usd'],
        message: 'a limit in money needs model.prices; the embedded model costs none',
      });
    }
    if (config.hardProblems !== false && config.hardProblems.m <= 1 / config.sampling.n) {
      context.addIssue({
        code: 'custom',
        path: ['hardProblems', 'm'],
        message:
          `m = ${config.hardProblems.m} with n = ${config.sampling.n} samples keeps only problems without a single pass, ` +
          `so the first training set would be empty: choose m above 1/n = ${1 / config.sampling.n}, or hardProblems: false`,
      });
    }
  });
export type CampaignConfig = z.infer<typeof campaignConfigSchema>;
