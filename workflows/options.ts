import {
  ActivityCancellationType,
  type ActivityFunctionWithOptions,
  type ActivityOptions,
  proxyActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { failureTypes } from '../contract/failures.js';
import { queues } from '../contract/queues.js';

/**
 * Failures of a broken world are retried until they pass, for a person may need a night to mend them. A worker's death is a failed
 * attempt too: with twice the pause each time, the third in one step would keep work waiting for longer than 10 s.
 */
const retry: ActivityOptions['retry'] = {
  initialInterval: '1s',
  backoffCoefficient: 1.5,
  maximumInterval: '1m',
  nonRetryableErrorTypes: Object.values(failureTypes)
    .filter(({ retryable }) => !retryable)
    .map(({ type }) => type),
};

/** Under 10 s from a worker's kill -9 to work going on: the retry starts after this and a second of back-off. */
const heartbeatTimeout = '6s';

/** What is cancelled has ended, with its child processes, before the workflow goes on: nothing runs beside its successor. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const work = { heartbeatTimeout, retry, cancellationType } as const;

export const control = proxyActivities<
  Pick<Activities, 'join' | 'score' | 'filterHard' | 'select' | 'seal' | 'keep' | 'recall' | 'decide' | 'recordEvent'>
>({
  ...work,
  taskQueue: queues.control,
  startToCloseTimeout: '10m',
});

/** A model that loads, or an endpoint with a long line, answers late; what it answered is in the ledger. */
export const model = proxyActivities<Pick<Activities, 'prepare' | 'sample' | 'deploy' | 'reserve'>>({
  ...work,
  taskQueue: queues.model,
  startToCloseTimeout: '1h',
});

export const sandbox = proxyActivities<Pick<Activities, 'trace' | 'verify'>>({
  ...work,
  taskQueue: queues.sandbox,
  startToCloseTimeout: '30m',
});

/** Loading PyTorch stalls a laptop for seconds, so a trainer may be silent longer before it counts as dead. */
export const trainer = proxyActivities<Pick<Activities, 'fineTune'>>({
  ...work,
  heartbeatTimeout: '10s',
  taskQueue: queues.trainer,
  startToCloseTimeout: '24h',
});

/** Calls an activity under a line that Temporal's own page shows beside it: which step, which shard. */
export const titled = <Args, Result>(
  title: string,
  activity: ActivityFunctionWithOptions<(args: Args) => Promise<Result>>,
  args: Args,
): Promise<Result> => activity.executeWithOptions({ summary: title }, [args]);
