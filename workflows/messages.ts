import { defineQuery } from '@temporalio/workflow';
import type { CampaignProgress, StepProgress } from '../contract/campaign.js';

export const campaignProgress = defineQuery<CampaignProgress>('progress');
export const roundProgress = defineQuery<StepProgress | undefined>('roundProgress');
