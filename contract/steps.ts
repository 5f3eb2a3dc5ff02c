import type { CampaignConfig, ModelConfig } from './config.js';
import type { Digest, RowsRef } from './digest.js';
import type { TraceFormat } from './trace-formats.js';
import type { Worked } from './worked.js';

/** The model that answers: its name for requests, its digest for the ledger, and whether it is tuned (zero-shot). */
export interface ModelRef {
  model: string;
  digest: string;
  tuned: boolean;
  /** Tree digest of the adapter; absent for the base. */
  adapter?: Digest;
}

/** Tasks with their traces: two objects with a row for each task, in the same order. */
export interface TracedTasks {
  tasks: RowsRef;
  traces: RowsRef;
}

export interface SampleArgs {
  campaign: string;
  seed: string;
  model: ModelRef;
  modelConfig: ModelConfig;
  sampling: CampaignConfig['sampling'];
  /** Samples a task: n indexes from `firstIndex` (0 without it). */
  n: number;
  firstIndex?: number;
  format: TraceFormat;
  problems: TracedTasks;
  shots: TracedTasks;
  range: { from: number; to: number };
}

export interface SampleResult {
  samples: RowsRef;
  parsed: number;
  completionTokens: number;
  /** Of the prompts, once a request, as the endpoint counted them. Circumstance: a refused choice is asked for alone. */
  promptTokens: number;
  /** Of this attempt: groups asked for and groups found in the ledger. Circumstance, not content. */
  askedGroups: number;
  recordedGroups: number;
  /** How long this attempt took; absent in histories of before it was told. Circumstance. */
  sampleMs?: number;
}

export interface VerifyArgs {
  samples: RowsRef;
  tasks: RowsRef;
  limits: { cpuLimitMs: number; memoryBytes: number };
}

export interface VerifyResult {
  /** Verdict rows without durationMs: content. */
  verdicts: RowsRef;
  /** durationMs by row: circumstance. */
  durations: RowsRef;
  /** `flaky`: how many of the failed passed once, and not again; absent in histories of before it was counted. */
  counts: { pass: number; fail: number; none: number; flaky?: number };
  /** As `sampleMs`. */
  verifyMs?: number;
}

/** What a shard brought: references and counts, never rows. */
export type ShardResult = SampleResult & VerifyResult & { worked?: Worked };

/** All samples of one purpose, shard by shard. */
export interface SampledSet {
  shards: ShardResult[];
}

export interface SelectArgs {
  seed: string;
  rules: CampaignConfig['selection'];
  format: TraceFormat;
  traceMaxChars: number;
  /** False trains on the fix alone. */
  withRationale: boolean;
  /** Undefined in the histories of campaigns that began before these were settings. */
  trace?: CampaignConfig['sampling']['trace'] | undefined;
  modelConfig?: ModelConfig | undefined;
  problems: TracedTasks;
  shards: Pick<ShardResult, 'samples' | 'verdicts'>[];
}

export interface SelectResult {
  training: RowsRef;
  tasksSolved: number;
  leftOut: Record<string, number>;
}

export interface FineTuneArgs {
  training: RowsRef;
  seed: string;
  trainer: CampaignConfig['trainer'];
  base: string;
  /** The adapter to go on from; without it a fresh one. */
  startFrom?: Digest;
  /** Above 1 when a person had the step made anew: it then starts in a folder of its own. */
  attempt?: number;
}

export interface FineTuneResult {
  adapter: Digest;
  steps: number;
  trainTokens: number;
  finalLoss: number;
  precision: 'fp32' | 'bf16';
  /** Circumstance. */
  seconds: number;
}

export interface ScoreArgs {
  tasks: RowsRef;
  verdicts: RowsRef[];
  k: number[];
}

/** A score small enough for a history; the tallies are in the object. */
export interface ScoreSummary {
  score: Digest;
  tasks: number;
  samples: number;
  none: number;
  parsedShare: number;
  unchangedShare: number;
  passAtK: ({ k: number; mean: number; low: number; high: number } | { k: number; notEstimated: string })[];
}
