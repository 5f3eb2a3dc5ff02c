import type { CampaignConfig } from './config.js';
import type { BudgetLimits, CampaignControl, Decision, Hold, RetryStep } from './control.js';
import type { Digest, RowsRef } from './digest.js';
import type { FineTuneResult, ModelRef, ScoreSummary, SelectResult, ShardResult, TracedTasks } from './steps.js';
import type { Worked } from './worked.js';

/** What starts a campaign. `resume` is set by continue-as-new between rounds, never by a client. */
export interface CampaignInput {
  campaign: string;
  config: CampaignConfig;
  configuration: Digest;
  tasks: RowsRef;
  shots: RowsRef;
  resume?: CampaignState;
  /** What people set so far; absent in a campaign that was started before there was such a thing. */
  control?: CampaignControl;
  /** Whether the server knows our search attributes: setting one that it does not know would hang the workflow. */
  searchable?: boolean;
}

/** A model that Algorithm 1's last line chooses among; round 0 is the base. */
export interface Checkpoint {
  round: number;
  model: ModelRef;
  dev: ScoreSummary;
  devPassAt1: number;
  decision?: Decision;
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
  /** The base (round 0) and every round's latest attempt: what a later retry goes back to. */
  rounds?: RoundRecord[];
}

/** What a round left: its seal, and the object with what its steps made. */
export interface RoundRecord {
  round: number;
  attempt: number;
  sealed?: SealedManifest;
  kept?: Digest;
  /** The model that this round sampled from, and the first index. */
  sampledFrom: ModelRef;
  firstIndex: number;
  /** A round before it was run again, so its own next attempt starts from other models. */
  outdated?: boolean;
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
  /** Absent in a round of a campaign that is older than it. */
  control?: RoundControl;
}

export interface RoundControl {
  attempt: number;
  /** First sample index of each training task: above 0 where a model is sampled again. */
  firstIndex: number;
  /** As people set it when the round began; it is told of every change. */
  steer: Pick<CampaignControl, 'budget' | 'startedAtMs' | 'heldMs'> & { hold?: Hold };
  /** The checkpoints so far, which this round's is compared with. */
  checkpoints: Pick<Checkpoint, 'round' | 'devPassAt1' | 'dev'>[];
  /** Object with what an earlier attempt made, and the step from which it is made anew. */
  keep?: { object: Digest; from: RetryStep };
  supersedes?: Digest;
}

/** What the steps of a round made so far. */
export interface RoundKept {
  shards?: ShardResult[];
  selected?: SelectResult;
  tuned?: FineTuneResult;
  produced?: ModelRef;
}

/** A round that was sealed. */
export interface RoundResult {
  sealed: SealedManifest;
  /** Absent when the round ended without a new model; `ended` then says why. */
  checkpoint?: Checkpoint;
  ended?: string;
  kept?: Digest;
  decision?: Decision;
}

/** A round that was not: someone asked for it to end, or a step failed for good. */
export interface RoundCut {
  cut: 'interrupted' | 'failed';
  reason: string;
  kept?: Digest;
}
export type RoundOutcome = RoundResult | RoundCut;

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
  /** How long it was worked on and what that made, as far as is known: what its speed is measured by. */
  worked?: Worked;
  /** When the work under way began; absent while none is. */
  busySinceMs?: number;
}

export interface CampaignProgress {
  phase: 'prepare' | 'base' | 'round' | 'final' | 'done';
  round: number;
  rounds: number;
  /** Where the finer progress is asked for, when a round is under way. */
  roundWorkflowId?: string;
  step?: StepProgress;
  checkpoints: Checkpoint[];
  /** What holds it, if anything does. */
  hold?: Hold;
  stopAfterRound?: string;
  budget?: BudgetLimits;
  attempt?: number;
}
