import type { Client } from '@temporalio/client';
import { failureTypes } from '../contract/failures.js';
import { wasInterrupted } from './interrupted-steps.js';
import { isEncrypted } from './payloads.js';
import { msOf, type PendingActivity, type PendingWorkflow } from './pending-work.js';

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

/** Every failing step among a campaign's pending work. What only stopping its worker cut off is none: see interruptedSteps. */
export const failingSteps = async (
  client: Client,
  work: readonly PendingWorkflow[],
  workerSinceMs?: number,
): Promise<FailingStep[]> => {
  const steps = work.map(async ({ workflowId, activities, task }) => {
    const failing = activities.filter(
      (one) => one.lastFailure && one.attempt > 1 && !wasInterrupted(one, workerSinceMs),
    );
    const since = failing.length === 0 ? new Map() : await scheduledAt(client, workflowId);
    const own = failing.map((one) => ({ ...failingStep(workflowId, one), sinceMs: since.get(one.id) }));
    return [...(await stuckTask(client, workflowId, task)), ...own];
  });
  return (await Promise.all(steps)).flat();
};

const failingStep = (workflowId: string, { name, attempt, nextAttemptMs, lastFailure }: PendingActivity) => {
  const lastError = lastFailure?.message ?? '';
  const type = lastFailure?.timeoutFailureInfo ? 'TIMEOUT' : (lastFailure?.applicationFailureInfo?.type ?? undefined);
  return { step: name, workflowId, attempt, nextAttemptMs, lastError, type, advice: adviceFor(lastError, type) };
};

/** The history has when a step was first scheduled; the server's account of a pending one only has its latest attempt. */
const scheduledAt = async (client: Client, workflowId: string): Promise<Map<string, number | undefined>> => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return new Map(
    (events ?? []).flatMap(({ eventTime, activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled ? [[scheduled.activityId ?? '', msOf(eventTime)] as const] : [],
    ),
  );
};

/** What ended the workflow's latest task that failed; the history keeps the first of a row of them, and later ones fail alike. */
const taskFailure = async (client: Client, workflowId: string): Promise<string | undefined> => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const failed = (events ?? []).findLast((event) => event.workflowTaskFailedEventAttributes);
  return failed?.workflowTaskFailedEventAttributes?.failure?.message ?? undefined;
};

/** A workflow that can't go on with the code of today, after an upgrade say, or that its worker can't read. */
const stuckTask = async (client: Client, workflowId: string, task: PendingWorkflow['task']): Promise<FailingStep[]> => {
  if (task === undefined || task.attempt < 3) return [];
  const said = await taskFailure(client, workflowId);
  const onCode =
    'run the version that started it to the round’s end, or cancel the campaign and run it again: answers are kept';
  return [
    {
      step: 'workflow',
      workflowId,
      attempt: task.attempt,
      sinceMs: task.sinceMs,
      nextAttemptMs: undefined,
      lastError: said ?? 'no worker has finished its task (see the worker’s log)',
      type: undefined,
      advice: said === undefined || isEncrypted(said) ? adviceFor(said ?? '', 'TIMEOUT') : onCode,
    },
  ];
};
