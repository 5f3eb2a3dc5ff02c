import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

type Raw = WorkflowExecutionDescription['raw'];
type RawActivity = NonNullable<Raw['pendingActivities']>[number];
/** A point in time, or a duration: Temporal's API writes both alike. */
type Timestamp = { seconds?: unknown; nanos?: number | null } | null | undefined;

/** PendingActivityState of Temporal's API: a worker has it; it waits for one, or for its next attempt. */
const stateStarted = 2;
const stateScheduled = 1;

/** An activity that has not ended, as the server tells of it. */
export interface PendingActivity {
  id: string;
  name: string;
  queue: string | undefined;
  attempt: number;
  /** When the attempt that runs began; undefined while none does. */
  startedMs: number | undefined;
  /** Since when the latest attempt waits for a worker; undefined where it does not. */
  waitingSinceMs: number | undefined;
  /** When it is tried next; undefined while it is being tried or waits for a worker. */
  nextAttemptMs: number | undefined;
  /** When the latest attempt was put in its queue. */
  scheduledMs: number | undefined;
  beat: { details: Payload | undefined; atMs: number } | undefined;
  lastFailure: RawActivity['lastFailure'];
  /** Pause before the latest attempt, after the failure of the one before. */
  backOffMs: number;
  heartbeatTimeoutMs: number;
}

/** A workflow that has not ended, with what it waits for. */
export interface PendingWorkflow {
  workflowId: string;
  activities: PendingActivity[];
  /** Its own turn, where one is due. */
  task: { attempt: number; sinceMs: number | undefined; isStarted: boolean } | undefined;
}

export const msOf = (time: Timestamp): number | undefined =>
  time?.seconds === undefined || time.seconds === null
    ? undefined
    : Number(time.seconds) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);

/** All of a campaign's workflows that have not ended, from the campaign's own down. */
export const pendingWork = async (client: Client, workflowId: string): Promise<PendingWorkflow[]> => {
  const handle = client.workflow.getHandle(workflowId);
  const raw = (await handle.describe().catch(() => undefined))?.raw;
  if (!raw) return [];
  const children = (raw.pendingChildren ?? []).map((child) => pendingWork(client, child.workflowId ?? ''));
  return [{ workflowId, activities: activitiesOf(raw), task: taskOf(raw) }, ...(await Promise.all(children)).flat()];
};

export const activitiesOf = ({ pendingActivities }: Raw, nowMs = Date.now()): PendingActivity[] =>
  (pendingActivities ?? []).map((raw) => {
    const nextAttemptMs = msOf(raw.nextAttemptScheduleTime);
    const isDue = raw.state === stateScheduled && (nextAttemptMs ?? 0) <= nowMs;
    const beatMs = msOf(raw.lastHeartbeatTime);
    return {
      id: raw.activityId ?? '',
      name: raw.activityType?.name ?? 'activity',
      queue: raw.activityOptions?.taskQueue?.name ?? undefined,
      attempt: raw.attempt ?? 1,
      startedMs: raw.state === stateStarted ? msOf(raw.lastStartedTime) : undefined,
      waitingSinceMs: isDue ? (msOf(raw.scheduledTime) ?? nextAttemptMs) : undefined,
      nextAttemptMs: isDue ? undefined : nextAttemptMs,
      scheduledMs: msOf(raw.scheduledTime),
      beat: beatMs === undefined ? undefined : { details: raw.heartbeatDetails?.payloads?.[0], atMs: beatMs },
      lastFailure: raw.lastFailure,
      backOffMs: backOffOf(raw),
      heartbeatTimeoutMs: msOf(raw.activityOptions?.heartbeatTimeout) ?? 0,
    };
  });

/** As the server computes it from the retry policy; a failure that named its own delay is taken for one that did not. */
const backOffOf = ({ attempt, activityOptions }: RawActivity): number => {
  const { initialInterval, backoffCoefficient, maximumInterval } = activityOptions?.retryPolicy ?? {};
  const grown = (msOf(initialInterval) ?? 0) * (backoffCoefficient ?? 1) ** Math.max(0, (attempt ?? 1) - 2);
  return Math.min(grown, msOf(maximumInterval) ?? grown);
};

const taskOf = ({ pendingWorkflowTask: task }: Raw): PendingWorkflow['task'] =>
  task
    ? {
        attempt: task.attempt ?? 1,
        sinceMs: msOf(task.originalScheduledTime),
        isStarted: task.startedTime !== undefined && task.startedTime !== null,
      }
    : undefined;
