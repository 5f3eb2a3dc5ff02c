import type { CampaignConfig } from '../contract/config.js';
import { hasSpendLimit, outOfHours } from '../core/control/limits.js';
import { model, titled } from './options.js';
import type { Steering } from './steering.js';

/** What is asked for next together with what is under way. */
export interface Reservation {
  campaign: string;
  config: CampaignConfig;
  groups: number;
  samples: number;
  title: string;
}

/** Lets work start once the budget allows it. Where it does not, the campaign is held until a person changes that. */
export const reserve = async (steering: Steering, reservation: () => Reservation): Promise<void> => {
  for (;;) {
    await steering.gate.pass();
    const reason = outOfHours(steering.steer(), Date.now()) ?? (await refusal(steering, reservation()));
    if (reason === undefined) return;
    await steering.hold({ by: 'budget', reason: `out of ${reason}`, sinceMs: Date.now(), now: false });
  }
};

const refusal = async (steering: Steering, reservation: Reservation): Promise<string | undefined> => {
  const { budget: limits } = steering.steer();
  if (!hasSpendLimit(limits)) return undefined;
  const { campaign, config, groups, samples, title } = reservation;
  const prices = config.model.kind === 'openai' ? config.model.prices : undefined;
  const { maxTokens } = config.sampling;
  const args = { campaign, groups, samples, maxTokens, prices, limits };
  const answer = await titled(`budget for ${title}`, model.reserve, args);
  return answer.granted ? undefined : answer.reason;
};
