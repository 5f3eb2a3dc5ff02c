import type { Client, WorkflowHandle } from '@temporalio/client';
import type { CampaignProgress, StepProgress } from '../contract/campaign.js';
import type { SampleResult } from '../contract/steps.js';
import { drawnBy } from '../core/progress/worked.js';
import { decoded } from './payloads.js';
import { activitiesOf, msOf, type PendingActivity } from './pending-work.js';
import { type Beat, type Part, partOf, withParts } from './step-parts.js';

/** The step under way: the workflow's own count plus what its running activities told by heartbeat. */
export const stepProgress = async (
  client: Client,
  campaign: WorkflowHandle,
  progress: CampaignProgress,
): Promise<StepProgress | undefined> => {
  const owner =
    progress.phase === 'round' && progress.roundWorkflowId
      ? client.workflow.getHandle(progress.roundWorkflowId)
      : campaign;
  const step =
    owner === campaign
      ? progress.step
      : await owner.query<StepProgress | undefined>('roundProgress').catch(() => undefined);
  if (!step) return undefined;
  const shards = (step.active ?? []).map((id) => shardPart(client, client.workflow.getHandle(id)));
  const parts = step.active ? shards : [ownParts(client, owner)];
  return withParts(step, (await Promise.all(parts)).flat());
};

const pendingOf = async (handle: WorkflowHandle): Promise<PendingActivity[] | undefined> => {
  const description = await handle.describe().catch(() => undefined);
  return description && activitiesOf(description.raw);
};

const ownParts = async (client: Client, handle: WorkflowHandle): Promise<Part[]> =>
  await Promise.all(((await pendingOf(handle)) ?? []).map((activity) => partFrom(client, activity)));

const partFrom = async (client: Client, { attempt, startedMs, beat }: PendingActivity): Promise<Part> => {
  const told = (await decoded<Beat | undefined>(client, beat?.details)) ?? undefined;
  const isFresh = startedMs !== undefined && (beat?.atMs ?? 0) >= startedMs;
  return partOf({ attempt, startedMs, beat: told, isFresh });
};

/** A shard counts what it has drawn, also while that is judged and in the moments between. */
const shardPart = async (client: Client, handle: WorkflowHandle): Promise<Part[]> => {
  const pending = await pendingOf(handle);
  if (!pending) return [];
  const sampling = pending.find(({ name }) => name === 'sample');
  if (sampling) return [await partFrom(client, sampling)];
  const drawn = await drawnIn(client, handle);
  const judging = pending.find(({ name }) => name === 'verify');
  // Drawn by an earlier attempt: what counts is what is judged.
  if (!drawn) return judging ? [await partFrom(client, judging)] : [];
  return [{ ...drawn, busySinceMs: judging?.startedMs, isRetried: (judging?.attempt ?? 1) > 1 }];
};

const drawnIn = async (client: Client, handle: WorkflowHandle): Promise<Pick<Part, 'done' | 'worked'> | undefined> => {
  const events = (await handle.fetchHistory().catch(() => undefined))?.events ?? [];
  const scheduled = events.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'sample');
  const completed = events.find(
    ({ activityTaskCompletedEventAttributes: of }) => of && `${of.scheduledEventId}` === `${scheduled?.eventId}`,
  );
  const payload = completed?.activityTaskCompletedEventAttributes?.result?.payloads?.[0];
  const result = await decoded<SampleResult>(client, payload);
  return result && { done: result.samples.rows, worked: drawnBy(result, msOf(completed?.eventTime) ?? 0) };
};
