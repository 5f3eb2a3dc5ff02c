import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { CampaignInput, CampaignState } from '../contract/campaign.js';
import type { CampaignControl, ExtendArgs, RetryRequest } from '../contract/control.js';
import { InputError } from '../contract/failures.js';
import { queues } from '../contract/queues.js';
import { campaignWorkflowId } from '../contract/workflow-ids.js';
import { initialControl } from '../core/control/limits.js';
import { refuseRetry } from '../core/control/refusals.js';
import { startOptions } from './campaigns.js';
import { decoded } from './payloads.js';
import { whoAsks } from './who-asks.js';

export const campaignHasEnded = async (handle: WorkflowHandle): Promise<boolean> =>
  (await handle.describe()).status.name !== 'RUNNING';

/** What its latest run began with: the state after the last round that it knew of. */
const lastInput = async (client: Client, handle: WorkflowHandle): Promise<CampaignInput> => {
  const { events } = await handle.fetchHistory();
  const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  const input = await decoded<CampaignInput>(client, payload);
  if (input) return input;
  throw new InputError(`the server kept no history of ${handle.workflowId}: it is older than the server's retention`);
};

/** Starts a campaign that has ended anew from its last state, longer or with a round to run again. */
export const reopenCampaign = async (
  client: Client,
  campaign: string,
  { extend, retry }: { extend?: ExtendArgs; retry?: RetryRequest },
): Promise<CampaignControl> => {
  const workflowId = campaignWorkflowId(campaign);
  const input = await lastInput(client, client.workflow.getHandle(workflowId));
  if (input.resume === undefined)
    throw new InputError(`campaign ${campaign} ended before its first round: run it again`);
  const control = reopened(input, input.resume, { extend, retry });
  const { stopped: _ended, ...resume } = input.resume;
  await client.workflow.start('campaign', {
    ...startOptions(campaign),
    workflowId,
    taskQueue: queues.control,
    args: [{ ...input, resume, control }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
  });
  return control;
};

const reopened = (
  input: CampaignInput,
  state: CampaignState,
  { extend, retry }: { extend: ExtendArgs | undefined; retry: RetryRequest | undefined },
): CampaignControl => {
  const now = Date.now();
  const {
    hold: _hold,
    stopAfterRound: _stop,
    stopNow: _now,
    retry: _retry,
    ...before
  } = input.control ?? initialControl(input.config, now);
  const control = { ...before, startedAtMs: now, heldMs: 0 };
  const by = whoAsks();
  if (retry) {
    // Round and phase as they were while the campaign ran: the round that follows the last sealed one may be retried too.
    const standing = { phase: 'round' as const, round: state.round + 1, control, rounds: state.rounds ?? [] };
    const refusal = refuseRetry(standing, retry);
    if (refusal) throw new InputError(refusal);
    const summary = `round ${retry.round} from ${retry.from} is run again`;
    const rounds = Math.max(control.rounds, retry.round);
    return { ...control, rounds, retry, reopened: { id: randomUUID(), kind: 'retried', summary, by } };
  }
  const more = extend?.rounds ?? 0;
  const summary = `${more} more rounds, ${state.round + more} in all`;
  return { ...control, rounds: state.round + more, reopened: { id: randomUUID(), kind: 'extended', summary, by } };
};
