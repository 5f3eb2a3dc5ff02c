import type { Client } from '@temporalio/client';
import { failureTypes } from '../contract/failures.js';
import { isEncrypted } from './payloads.js';

/** A step that is tried again and again: what, since when, why, when next, and what a person can do about it. */
export interface FailingStep {
  step: string;
  workflowId: string;
  attempt: number;
  /** When it was first scheduled. */
  sinceMs: number | undefined;
  /** When it is tried next; undefined while it is being tried. */
  nextAttemptMs: number | undefined;
  lastError: string;
  type: string | undefined;
  advice: string;
}

type Timestamp = { seconds?: unknown; nanos?: number | null } | null | undefined;
const msOf = (time: Timestamp): number | undefined =>
  time?.seconds === undefined || time.seconds === null
    ? undefined
    : Number(time.seconds) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);

const advice: Record<string, string> = {
  [failureTypes.modelUnavailable.type]: 'see that the model server is up (nextune doctor); it goes on by itself then',
  [failureTypes.modelSilent.type]:
    'see that the model server is up and reached from the worker (nextune doctor); it goes on by itself then',
  [failureTypes.modelKeyMissing.type]:
    'nextune down, then nextune up from a shell that has the variable; it goes on by itself then',
  [failureTypes.modelFiltered.type]: 'the endpoint filters what is asked: look at its settings for content filters',
  [failureTypes.sealingFailed.type]:
    'mend the signing or anchoring command (docs/attestation.md); it goes on by itself then',
  [failureTypes.modelRateLimited.type]:
    'nothing: the endpoint asked to wait. A smaller model.concurrency asks less at a time',
  [failureTypes.modelProtocol.type]: 'see what the endpoint answers: it does not speak the OpenAI protocol as expected',
  [failureTypes.sandboxBroken.type]:
    'nextune doctor says what the sandbox lacks; it goes on by itself once that is mended',
  [failureTypes.trainerFailed.type]:
    'read the trainer’s log under .nextune/scratch/training; it resumes from its last checkpoint',
  [failureTypes.storeUnavailable.type]: 'see that the store can be reached and has room; it goes on by itself then',
  ENCRYPTED:
    'nextune down, then nextune up with the payload key of this campaign (NEXTUNE_PAYLOAD_KEY_FILE or …_COMMAND); it goes on by itself then',
  TIMEOUT: 'its worker died or stalled: nextune status shows the components, nextune up starts them',
  DEFAULT: 'read the worker’s log under .nextune/logs; if the disk is full, make room: it goes on by itself then',
};

const adviceFor = (error: string, type = 'DEFAULT'): string =>
  (isEncrypted(error) ? advice.ENCRYPTED : (advice[type] ?? advice.DEFAULT)) ?? '';

/** Every failing step of a campaign's whole tree of workflows, from the activities that the server holds as pending. */
export const failingSteps = async (client: Client, workflowId: string): Promise<FailingStep[]> => {
  const description = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => undefined);
  if (!description) return [];
  const { pendingActivities, pendingChildren, pendingWorkflowTask } = description.raw;
  const own = (pendingActivities ?? []).flatMap((activity): OfActivity[] => {
    const { lastFailure, attempt } = activity;
    if (!lastFailure || (attempt ?? 1) < 2) return [];
    const type = lastFailure.applicationFailureInfo?.type ?? undefined;
    const timedOut = lastFailure.timeoutFailureInfo !== undefined && lastFailure.timeoutFailureInfo !== null;
    return [
      {
        activityId: activity.activityId ?? '',
        step: activity.activityType?.name ?? 'activity',
        workflowId,
        attempt: attempt ?? 1,
        sinceMs: undefined,
        nextAttemptMs: msOf(activity.nextAttemptScheduleTime),
        lastError: lastFailure.message ?? '',
        type: timedOut ? 'TIMEOUT' : type,
        advice: adviceFor(lastFailure.message ?? '', timedOut ? 'TIMEOUT' : type),
      },
    ];
  });
  const since = own.length === 0 ? own : await withStart(client, workflowId, own);
  const task = await stuckTask(client, workflowId, pendingWorkflowTask);
  const children = await Promise.all(
    (pendingChildren ?? []).map((child) => failingSteps(client, child.workflowId ?? '')),
  );
  return [...task, ...since, ...children.flat()];
};

type OfActivity = FailingStep & { activityId: string };

/** The history has when a step was first scheduled; the server's account of a pending one only has its latest attempt. */
const withStart = async (client: Client, workflowId: string, steps: OfActivity[]): Promise<FailingStep[]> => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduledAt = new Map(
    (events ?? []).flatMap(({ eventTime, activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled ? [[scheduled.activityId ?? '', msOf(eventTime)] as const] : [],
    ),
  );
  return steps.map(({ activityId, ...step }) => ({ ...step, sinceMs: scheduledAt.get(activityId) }));
};

/** What ended the workflow's latest task that failed; the history keeps the first of a row of them, and later ones fail alike. */
const taskFailure = async (client: Client, workflowId: string): Promise<string | undefined> => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const failed = (events ?? []).findLast((event) => event.workflowTaskFailedEventAttributes);
  return failed?.workflowTaskFailedEventAttributes?.failure?.message ?? undefined;
};

/** A workflow that can't go on with the code of today, after an upgrade say, or that its worker can't read. */
const stuckTask = async (
  client: Client,
  workflowId: string,
  task: { attempt?: number | null; originalScheduledTime?: Timestamp } | null | undefined,
): Promise<FailingStep[]> => {
  if ((task?.attempt ?? 1) < 3) return [];
  const said = await taskFailure(client, workflowId);
  const onCode =
    'run the version that started it to the round’s end, or cancel the campaign and run it again: answers are kept';
  return [
    {
      step: 'workflow',
      workflowId,
      attempt: task?.attempt ?? 1,
      sinceMs: msOf(task?.originalScheduledTime),
      nextAttemptMs: undefined,
      lastError: said ?? 'no worker has finished its task (see the worker’s log)',
      type: undefined,
      advice: said === undefined || isEncrypted(said) ? adviceFor(said ?? '', 'TIMEOUT') : onCode,
    },
  ];
};
