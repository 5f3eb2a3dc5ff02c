import { z } from 'zod';

/** From where a round is run again; what came before a step is kept. */
export const retrySteps = ['sample', 'verify', 'select', 'fine-tune', 'evaluate'] as const;
export type RetryStep = (typeof retrySteps)[number];

/** What a campaign may spend. Hours count while it is not held. Money is in millionths of a dollar. */
export interface BudgetLimits {
  tokens?: number;
  costMicroUsd?: number;
  hours?: number;
}

/** Why nothing new starts: who asked for it, since when, and whether work in flight was cut off. */
export interface Hold {
  by: 'person' | 'budget' | 'approval' | 'failure';
  reason: string;
  sinceMs: number;
  /** Work in flight is cut off, not finished: what was answered is in the ledger, an answer under way is lost. */
  now: boolean;
}

export interface RetryRequest {
  round: number;
  from: RetryStep;
}

/** What people set while a campaign runs: carried from run to run by continue-as-new. */
export interface CampaignControl {
  /** Rounds in all: the configuration's and what was added. */
  rounds: number;
  budget: BudgetLimits;
  hold?: Hold;
  /** A person's wish to end after the round under way, with who asked and why, in words. */
  stopAfterRound?: string;
  /** The same, at once: kept so that a stop that meets a round's end is not lost with the run that it was asked of. */
  stopNow?: string;
  /** Rounds that a person let start. */
  approved: number[];
  retry?: RetryRequest;
  /** A campaign that had ended goes on by this wish: told once, when it starts. */
  reopened?: { id: string; kind: 'extended' | 'retried'; summary: string; by?: Asker };
  /** Time held so far, which the budget's hours leave out. */
  startedAtMs: number;
  heldMs: number;
}

/** Who asks for something, as the asking machine names them: `ada@laptop`. A claim for the record, no proof. */
export type Asker = string;

export const pauseArgsSchema = z.strictObject({ now: z.boolean().default(false), reason: z.string().optional() });
export type PauseArgs = z.infer<typeof pauseArgsSchema>;

export const stopArgsSchema = z.strictObject({
  afterRound: z.boolean().default(false),
  reason: z.string().optional(),
});
export type StopArgs = z.infer<typeof stopArgsSchema>;

export const extendArgsSchema = z.strictObject({ rounds: z.int().positive().max(1000) });
export type ExtendArgs = z.infer<typeof extendArgsSchema>;

export const approveArgsSchema = z.strictObject({ note: z.string().optional() });
export type ApproveArgs = z.infer<typeof approveArgsSchema>;

export const retryArgsSchema = z.strictObject({ round: z.int().positive(), from: z.enum(retrySteps) });

/** `null` takes a limit away; what is left out stays as it is. */
export const budgetArgsSchema = z.strictObject({
  tokens: z.int().positive().nullable().optional(),
  costMicroUsd: z.int().positive().nullable().optional(),
  hours: z.number().positive().nullable().optional(),
});
export type BudgetArgs = z.infer<typeof budgetArgsSchema>;

/** What a campaign has paid for, counted by the workers that asked. */
export interface Spend {
  /** Requests answered and recorded. */
  requests: number;
  promptTokens: number;
  completionTokens: number;
  costMicroUsd: number;
}

export interface ReserveArgs {
  campaign: string;
  /** Asked for next and under way, in groups (requests) and samples. */
  groups: number;
  samples: number;
  maxTokens: number;
  prices: { promptUsdPerMillionTokens: number; completionUsdPerMillionTokens: number } | undefined;
  limits: BudgetLimits;
}

export type ReserveResult = { granted: true; spend: Spend } | { granted: false; reason: string; spend: Spend };

/** What a round's numbers say about the next one; sealed with the round. */
export interface Decision {
  next: 'continue' | 'stop' | 'rollBack';
  reason: string;
  /** The best checkpoint before this round, by dev pass@1. */
  best: { round: number; devPassAt1: number };
  devPassAt1: number;
  roundsWithoutGain: number;
  /** Change of pass@k against that checkpoint, paired by problem, with its 95 % interval. */
  change?: PassAtKChange;
}

export interface PassAtKChange {
  k: number;
  difference: number;
  low: number;
  high: number;
  clusters: number;
}
