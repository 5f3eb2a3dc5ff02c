import type { PendingActivity, PendingWorkflow } from './pending-work.js';

/** A step that was cut off because its worker was stopped: no fault, and nothing to do about. */
export interface InterruptedStep {
  step: string;
  workflowId: string;
  attempt: number;
  /** Whether it is under way again. */
  goesOn: boolean;
}

/** As a worker of the SDK reports an activity that its shutdown cut off. */
const workerShutdown = 'WorkerShutdown';

/**
 * Whether the latest failure of an activity only was its worker's stop: the worker gave it back, or was silent from before
 * the worker of today was ready (`workerSinceMs`, Infinity while it is not). A worker that dies later is a fault.
 */
export const wasInterrupted = (
  { attempt, lastFailure, scheduledMs, backOffMs, heartbeatTimeoutMs }: PendingActivity,
  workerSinceMs: number | undefined,
): boolean => {
  if (!lastFailure || attempt < 2) return false;
  if (lastFailure.applicationFailureInfo?.type === workerShutdown) return true;
  if (!lastFailure.timeoutFailureInfo || workerSinceMs === undefined || scheduledMs === undefined) return false;
  const lastBeatMs = scheduledMs - backOffMs - heartbeatTimeoutMs;
  return lastBeatMs < workerSinceMs;
};

export const interruptedSteps = (work: readonly PendingWorkflow[], workerSinceMs?: number): InterruptedStep[] =>
  work.flatMap(({ workflowId, activities }) =>
    activities
      .filter((activity) => wasInterrupted(activity, workerSinceMs))
      .map(({ name, attempt, startedMs }) => ({
        step: name,
        workflowId,
        attempt,
        goesOn: startedMs !== undefined,
      })),
  );
