import type { CampaignConfig } from '../../contract/config.js';
import type {
  BudgetArgs,
  BudgetLimits,
  CampaignControl,
  ReserveArgs,
  ReserveResult,
  Spend,
} from '../../contract/control.js';

const microUsd = 1_000_000;

/** A configuration's limits; a campaign that is older than budgets has none. */
const limitsOf = (config: Partial<Pick<CampaignConfig, 'budget'>>): BudgetLimits => {
  const { tokens, usd, hours } = config.budget ?? {};
  return {
    ...(tokens !== undefined && { tokens }),
    ...(usd !== undefined && { costMicroUsd: Math.round(usd * microUsd) }),
    ...(hours !== undefined && { hours }),
  };
};

/** What a campaign begins with. */
export const initialControl = (config: CampaignConfig, startedAtMs: number): CampaignControl => ({
  rounds: config.rounds,
  budget: limitsOf(config),
  approved: [],
  startedAtMs,
  heldMs: 0,
});

/** The limits after a change: `null` takes one away. */
export const changedLimits = (limits: BudgetLimits, change: BudgetArgs): BudgetLimits => {
  const merged = { ...limits, ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined));
};

/** Dollars a million tokens are millionths of a dollar a token. */
export const costOf = (
  tokens: { promptTokens: number; completionTokens: number },
  prices: ReserveArgs['prices'],
): number =>
  prices === undefined
    ? 0
    : Math.ceil(
        tokens.promptTokens * prices.promptUsdPerMillionTokens +
          tokens.completionTokens * prices.completionUsdPerMillionTokens,
      );

export const hasSpendLimit = ({ tokens, costMicroUsd }: BudgetLimits): boolean =>
  tokens !== undefined || costMicroUsd !== undefined;

/** A prompt's size before any was paid: about what a traced program with three shots takes. */
const firstPromptTokens = 2000;

/** The most that this many more groups and samples may cost: prompts as long as before, answers as long as allowed. */
const worstCase = ({ groups, samples, maxTokens }: ReserveArgs, spend: Spend) => ({
  promptTokens: groups * (spend.requests === 0 ? firstPromptTokens : Math.ceil(spend.promptTokens / spend.requests)),
  completionTokens: samples * maxTokens,
});

/**
 * Whether work may be asked for: what is spent and the most that it may add stay within every limit. It changes nothing,
 * so asking again is safe; what is under way is among the groups and samples that the caller counts.
 */
export const judgeReservation = (args: ReserveArgs, spend: Spend): ReserveResult => {
  const more = worstCase(args, spend);
  const tokens = spend.promptTokens + spend.completionTokens;
  const moreTokens = more.promptTokens + more.completionTokens;
  const moreCost = costOf(more, args.prices);
  const { limits } = args;
  if (limits.tokens !== undefined && tokens + moreTokens > limits.tokens) {
    const reason = `the budget of ${limits.tokens} tokens: ${tokens} are spent, and what comes next may take ${moreTokens}`;
    return { granted: false, reason, spend };
  }
  if (limits.costMicroUsd !== undefined && spend.costMicroUsd + moreCost > limits.costMicroUsd) {
    const reason = `the budget of ${usd(limits.costMicroUsd)}: ${usd(spend.costMicroUsd)} is spent, and what comes next may take ${usd(moreCost)}`;
    return { granted: false, reason, spend };
  }
  return { granted: true, spend };
};

export const usd = (costMicroUsd: number): string => `$${(costMicroUsd / microUsd).toFixed(4)}`;

const hourMs = 3_600_000;

/** Why no more hours are left, counting only time in which the campaign was not held. */
export const outOfHours = (
  control: Pick<CampaignControl, 'budget' | 'startedAtMs' | 'heldMs'>,
  nowMs: number,
): string | undefined => {
  const { hours } = control.budget;
  const workedMs = nowMs - control.startedAtMs - control.heldMs;
  if (hours === undefined || workedMs < hours * hourMs) return undefined;
  return `the budget of ${hours} hours: the campaign has worked for ${(workedMs / hourMs).toFixed(2)}`;
};
