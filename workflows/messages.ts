import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CampaignProgress, StepProgress } from '../contract/campaign.js';
import type {
  ApproveArgs,
  Asker,
  BudgetArgs,
  CampaignControl,
  ExtendArgs,
  Hold,
  PauseArgs,
  RetryRequest,
  StopArgs,
} from '../contract/control.js';
import type { Steer } from './steering.js';

export const campaignProgress = defineQuery<CampaignProgress>('progress');
export const roundProgress = defineQuery<StepProgress | undefined>('roundProgress');

/**
 * What people ask of a campaign. Each answers with what is set now, or is refused before it enters the history. Who asks
 * comes last; clients older than that name nobody.
 */
export const pause = defineUpdate<CampaignControl, [PauseArgs, Asker | undefined]>('pause');
export const resume = defineUpdate<CampaignControl, [Asker | undefined]>('resume');
export const stop = defineUpdate<CampaignControl, [StopArgs, Asker | undefined]>('stop');
export const extend = defineUpdate<CampaignControl, [ExtendArgs, Asker | undefined]>('extend');
export const approve = defineUpdate<CampaignControl, [ApproveArgs, Asker | undefined]>('approve');
export const budget = defineUpdate<CampaignControl, [BudgetArgs, Asker | undefined]>('budget');
export const retry = defineUpdate<CampaignControl, [RetryRequest, Asker | undefined]>('retry');

/** Who asks for the cancellation that follows: Temporal's own request names nobody to a workflow. */
export const cancelledBy = defineSignal<[Asker]>('cancelledBy');

/** From a round to its campaign: nothing may start until a person has looked. */
export const holdCampaign = defineSignal<[Hold]>('holdCampaign');
/** From a campaign to its round. */
export const steerRound = defineSignal<[Steer]>('steerRound');
export const interruptRound = defineSignal<[string]>('interruptRound');
