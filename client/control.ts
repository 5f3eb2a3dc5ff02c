import { randomUUID } from 'node:crypto';
import { type Client, type WorkflowHandle, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type {
  ApproveArgs,
  BudgetArgs,
  CampaignControl,
  ExtendArgs,
  PauseArgs,
  RetryRequest,
  StopArgs,
} from '../contract/control.js';
import { InputError } from '../contract/failures.js';
import { campaignWorkflowId } from '../contract/workflow-ids.js';
import { campaignHasEnded, reopenCampaign } from './reopen.js';
import { whoAsks } from './who-asks.js';

/** What a person may ask of a campaign. Each answers with what is set now. @throws InputError with the refusal */
export interface CampaignControls {
  pause(args: PauseArgs): Promise<CampaignControl>;
  resume(): Promise<CampaignControl>;
  stop(args: StopArgs): Promise<CampaignControl>;
  approve(args: ApproveArgs): Promise<CampaignControl>;
  budget(args: BudgetArgs): Promise<CampaignControl>;
  /** One that is done goes on from its last round. */
  extend(args: ExtendArgs): Promise<CampaignControl>;
  /** One that has ended goes on from there. */
  retry(request: RetryRequest): Promise<CampaignControl>;
  /** Ends it and all its work, and returns once nothing of it runs. What was sealed stays. */
  cancel(): Promise<void>;
}

export const controlCampaign = (client: Client, campaign: string): CampaignControls => {
  const handle = client.workflow.getHandle(campaignWorkflowId(campaign));
  const ask = (name: string, ...args: unknown[]): Promise<CampaignControl> =>
    askFor(handle, campaign, name, [...args, whoAsks()]);
  const orReopen = async (name: 'extend' | 'retry', args: ExtendArgs | RetryRequest): Promise<CampaignControl> =>
    (await campaignHasEnded(handle)) ? await reopenCampaign(client, campaign, { [name]: args }) : await ask(name, args);
  return {
    pause: (args) => ask('pause', args),
    resume: () => ask('resume'),
    stop: (args) => ask('stop', args),
    approve: (args) => ask('approve', args),
    budget: (args) => ask('budget', args),
    extend: (args) => orReopen('extend', args),
    retry: (request) => orReopen('retry', request),
    cancel: () => cancel(handle, campaign),
  };
};

const askFor = async (
  handle: WorkflowHandle,
  campaign: string,
  name: string,
  args: unknown[],
): Promise<CampaignControl> => {
  if (await campaignHasEnded(handle)) {
    throw new InputError(`campaign ${campaign} has ended: nextune status shows it, nextune extend goes on with it`);
  }
  try {
    // The id makes the wish one, however often the connection has it sent.
    return await handle.executeUpdate<CampaignControl, [unknown, ...unknown[]]>(name, {
      args: args as [unknown, ...unknown[]],
      updateId: randomUUID(),
    });
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw new InputError(`${campaign}: ${rootMessage(error)}`);
    if (error instanceof WorkflowNotFoundError) throw new InputError(`campaign ${campaign} ended just now`);
    throw error;
  }
};

const rootMessage = (error: Error): string => (error.cause instanceof Error ? rootMessage(error.cause) : error.message);

const cancel = async (handle: WorkflowHandle, campaign: string): Promise<void> => {
  if (await campaignHasEnded(handle)) throw new InputError(`campaign ${campaign} has ended already`);
  await handle.signal('cancelledBy', whoAsks());
  await handle.cancel();
  await handle.result().catch(() => undefined);
};
