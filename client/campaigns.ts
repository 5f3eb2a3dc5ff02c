import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { connectOptions, type ServerPlace } from '../adapters/temporal/connection.js';
import { payloadConverter } from '../adapters/temporal/payload-codec.js';
import type { CampaignInput, CampaignProgress, CampaignResult, StepProgress } from '../contract/campaign.js';
import { InputError, NextuneFailure } from '../contract/failures.js';
import { queues } from '../contract/queues.js';
import { campaignWorkflowId } from '../contract/workflow-ids.js';
import { initialControl } from '../core/control/limits.js';
import type { Pace } from '../core/progress/pace.js';
import { encryptedMessage, isEncrypted } from './payloads.js';
import { isSearchable } from './search-attributes.js';
import { stepProgress } from './step-progress.js';

/** A connection to the campaign server, by address or profile. Close it when done. */
export const connect = async (place: ServerPlace): Promise<Client> => {
  const { connection: options, namespace } = connectOptions(place);
  const connection = await Connection.connect({ ...options, connectTimeout: '10s' }).catch((cause: unknown) => {
    const { address } = options;
    throw new NextuneFailure(
      'serverUnavailable',
      `no Temporal server answers at ${address}: start it with nextune up`,
      {
        cause,
      },
    );
  });
  const dataConverter = payloadConverter(process.env);
  return new Client({ connection, namespace, ...(dataConverter && { dataConverter }) });
};

export type StartOutcome = 'started' | 'running' | 'finished';

/** Campaigns of one server take turns at its workers, however much each has waiting: by fairness key. */
export const startOptions = (campaign: string) => ({
  staticSummary: `campaign ${campaign}`,
  priority: { fairnessKey: campaign.slice(0, longestFairnessKey) },
});

/** Temporal's limit, in bytes; campaign ids are ASCII. */
const longestFairnessKey = 64;

/** Starts a campaign, once: the same plan started again is the one that runs already, or that is done. */
export const startCampaign = async (client: Client, input: CampaignInput): Promise<StartOutcome> => {
  const workflowId = campaignWorkflowId(input.campaign);
  try {
    await client.workflow.start('campaign', {
      ...startOptions(input.campaign),
      workflowId,
      taskQueue: queues.control,
      args: [await asStarted(client, input)],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      workflowIdConflictPolicy: 'FAIL',
    });
    return 'started';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' ? 'running' : 'finished';
  }
};

const asStarted = async (client: Client, input: CampaignInput): Promise<CampaignInput> => ({
  ...input,
  control: input.control ?? initialControl(input.config, Date.now()),
  searchable: await isSearchable(client),
});

export interface CampaignView {
  campaign: string;
  state: 'running' | 'completed' | 'failed' | 'cancelled' | 'unknown';
  progress: CampaignProgress | undefined;
  step: StepProgress | undefined;
  /** Of the step's pace, while too little is known of it. */
  guess?: Pace;
}

const states: Record<string, CampaignView['state']> = {
  RUNNING: 'running',
  CONTINUED_AS_NEW: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  TERMINATED: 'cancelled',
  CANCELLED: 'cancelled',
};

/** Where a campaign stands now, down to the progress that its running activities report. */
export const viewCampaign = async (client: Client, campaign: string): Promise<CampaignView> => {
  const handle = client.workflow.getHandle(campaignWorkflowId(campaign));
  const { status } = await handle.describe();
  const progress = await answerOf<CampaignProgress>(handle, 'progress');
  const state = states[status.name] ?? 'unknown';
  const step = state === 'running' && progress ? await stepProgress(client, handle, progress) : undefined;
  return { campaign, state, progress, step };
};

/** A query's answer; undefined while no worker can answer. @throws InputError where it can't be read here */
const answerOf = async <Answer>(handle: WorkflowHandle, query: string): Promise<Answer | undefined> => {
  try {
    return await handle.query<Answer>(query);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw error;
    if (isEncrypted(String(error))) throw new InputError(encryptedMessage);
    return undefined;
  }
};

/** Waits for a campaign's end. @throws WorkflowFailedError with the cause where it failed */
export const campaignResult = (client: Client, campaign: string): Promise<CampaignResult> =>
  client.workflow.getHandle(campaignWorkflowId(campaign)).result() as Promise<CampaignResult>;

/** Why a campaign failed, from the first cause up, in words. */
export const campaignFailure = async (client: Client, campaign: string): Promise<string> => {
  const messages: string[] = [];
  try {
    await campaignResult(client, campaign);
  } catch (error) {
    let cause: unknown = error;
    while (cause instanceof Error) {
      messages.unshift(cause.message);
      cause = cause.cause;
    }
  }
  return [...new Set(messages)].join('\n  from: ');
};
