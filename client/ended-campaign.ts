import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { readEvents } from '../adapters/audit/event-log.js';
import { openStorage } from '../adapters/store/open-storage.js';
import { campaignWorkflowId } from '../contract/workflow-ids.js';
import { type CampaignEnd, type EndStatus, endOf } from './campaign-end.js';
import { type CampaignView, campaignFailure, campaignResult } from './campaigns.js';

const statuses: readonly EndStatus[] = ['COMPLETED', 'CANCELLED', 'TERMINATED', 'FAILED', 'TIMED_OUT'];

/** Why a campaign ended and what was best in it, from the server and from its events; undefined while it runs. */
export const campaignEnd = async (
  client: Client,
  stateDir: string,
  { campaign, progress }: Pick<CampaignView, 'campaign' | 'progress'>,
): Promise<CampaignEnd | undefined> => {
  const description = await client.workflow.getHandle(campaignWorkflowId(campaign)).describe();
  const status = statuses.find((one) => one === description.status.name);
  if (status === undefined) return undefined;
  return endOf({
    status,
    progress,
    endedAt: description.closeTime?.toISOString(),
    result: status === 'COMPLETED' ? await campaignResult(client, campaign) : undefined,
    failure: status === 'FAILED' || status === 'TIMED_OUT' ? await campaignFailure(client, campaign) : undefined,
    events: await readEvents(openStorage(resolve(stateDir)).eventFiles, campaign),
  });
};
