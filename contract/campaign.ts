import type { CampaignConfig } from './config.js';
import type { Digest, RowsRef } from './digest.js';
import type { ModelRef, ScoreSummary, TracedTasks } from './steps.js';

/** What starts a campaign. `resume` is set by continue-as-new between rounds, never by a client. */
export interface CampaignInput {
  campaign: string;
  config: CampaignConfig;
  configuration: Digest;
  tasks: RowsRef;
  shots: RowsRef;
  resume?: CampaignState;
}

/** A model that Algorithm 1's last line chooses among; round 0 is the base. */
export interface Checkpoint {
  round: number;
  model: ModelRef;
  dev: ScoreSummary;
  devPassAt1: number;
}

/** All that a campaign carries from one round to the next: digests and counts. */
export interface CampaignState {
  base: ModelRef;
  codeVersion: string;
  train: TracedTasks;
  dev: TracedTasks;
  test: TracedTasks;
  shots: TracedTasks;
  /** Rounds done so far. */
  round: number;
  checkpoints: Checkpoint[];
  /** Content digest of the latest manifest, to which the next one is chained. */
  sealed: SealedManifest;
  /** Why the rounds ended before their number, in words. */
  stopped?: string;
}

export interface SealedManifest {
  manifest: Digest;
  content: Digest;
}

export interface RoundInput {
  campaign: string;
  config: CampaignConfig;
  configuration: Digest;
  round: number;
  model: ModelRef;
  state: Pick<CampaignState, 'base' | 'codeVersion' | 'train' | 'dev' | 'shots' | 'sealed'>;
}

export interface RoundResult {
  sealed: SealedManifest;
  /** Absent when the round ended without a new model; `ended` then says why. */
  checkpoint?: Checkpoint;
  ended?: string;
}

export interface CampaignResult {
  best: Checkpoint;
  checkpoints: Checkpoint[];
  test?: { base: ScoreSummary; best: ScoreSummary };
  withoutTrace?: { base: ScoreSummary; best: ScoreSummary };
  sealed: SealedManifest;
  stopped?: string;
}

/** The phases a person sees; `done` counts samples, tasks or steps as `unit` says. */
export interface StepProgress {
  step: string;
  unit: 'tasks' | 'samples' | 'steps';
  done: number;
  total: number;
  passes: number;
  startedAtMs: number;
  /** Workflows whose running activities report finer progress by heartbeat; the reporting workflow itself without it. */
  active?: string[];
}

export interface CampaignProgress {
  phase: 'prepare' | 'base' | 'round' | 'final' | 'done';
  round: number;
  rounds: number;
  /** Where the finer progress is asked for, when a round is under way. */
  roundWorkflowId?: string;
  step?: StepProgress;
  checkpoints: Checkpoint[];
}
