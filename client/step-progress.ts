import type { Client, WorkflowHandle } from '@temporalio/client';
import type { CampaignProgress, StepProgress } from '../contract/campaign.js';
import { decoded } from './payloads.js';

/** A heartbeat's details, from activities that count or from the trainer. */
interface Beat {
  done?: number;
  total?: number;
  step?: number;
  totalSteps?: number;
  loss?: number | null;
}

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
  const active = step.active ? step.active.map((id) => client.workflow.getHandle(id)) : [owner];
  const beats = (await Promise.all(active.map((handle) => beatsOf(client, handle)))).flat();
  return beats.reduce(withBeat, step);
};

const withBeat = (step: StepProgress, beat: Beat): StepProgress => {
  if (beat.totalSteps !== undefined) return { ...step, unit: 'steps', done: beat.step ?? 0, total: beat.totalSteps };
  return step.unit === 'steps' ? step : { ...step, done: Math.min(step.total, step.done + (beat.done ?? 0)) };
};

const beatsOf = async (client: Client, handle: WorkflowHandle): Promise<Beat[]> => {
  const description = await handle.describe().catch(() => undefined);
  const pending = description?.raw.pendingActivities ?? [];
  const beats = pending.map(async ({ activityType, heartbeatDetails }) => {
    const beat = (await decoded<Beat | undefined>(client, heartbeatDetails?.payloads?.[0])) ?? undefined;
    if (!beat) return [];
    // A shard that is being verified has all its samples drawn: those are what the step counts.
    return [activityType?.name === 'verify' ? { done: beat.total ?? 0 } : beat];
  });
  return (await Promise.all(beats)).flat();
};
