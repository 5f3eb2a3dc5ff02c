import type { Client } from '@temporalio/client';
import { type QueueKind, queues } from '../contract/queues.js';
import { msOf, type PendingWorkflow } from './pending-work.js';

/** A task queue that holds work of a campaign and that no worker takes work of. */
export interface UnservedQueue {
  queue: string;
  /** What waits there. */
  steps: string[];
  sinceMs: number;
  advice: string;
}

/** TaskQueueType and WorkerStatus of Temporal's API. */
const ofWorkflows = 1;
const ofActivities = 2;
const statusRunning = 1;
/** A poll waits for a minute, so that who has asked for longer ago than this asks no more. */
const pollFreshMs = 90_000;
/** Workers tell of themselves once a minute. */
const workerFreshMs = 150_000;

interface Waiting {
  queue: string;
  type: typeof ofWorkflows | typeof ofActivities;
  step: string;
  sinceMs: number;
}

export const unservedQueues = async (
  client: Client,
  work: readonly PendingWorkflow[],
  nowMs: number,
): Promise<UnservedQueue[]> => {
  const waiting = work.flatMap(waitingIn);
  const places = new Map(waiting.map(({ queue, type }) => [`${queue}/${type}`, { queue, type }]));
  const found = [...places.values()].map(async ({ queue, type }): Promise<UnservedQueue[]> => {
    if (await isServed(client, queue, type, nowMs)) return [];
    const here = waiting.filter((one) => one.queue === queue && one.type === type);
    const sinceMs = Math.min(...here.map((one) => one.sinceMs));
    return [{ queue, steps: [...new Set(here.map(({ step }) => step))], sinceMs, advice: adviceFor(queue) }];
  });
  return (await Promise.all(found)).flat();
};

const waitingIn = ({ activities, task }: PendingWorkflow): Waiting[] => [
  ...(task && !task.isStarted && task.sinceMs !== undefined
    ? [{ queue: queues.control, type: ofWorkflows, step: 'workflow', sinceMs: task.sinceMs } as const]
    : []),
  ...activities.flatMap(({ queue, name, waitingSinceMs }): Waiting[] =>
    queue === undefined || waitingSinceMs === undefined
      ? []
      : [{ queue, type: ofActivities, step: name, sinceMs: waitingSinceMs }],
  ),
];

/** A worker whose places are all taken asks for nothing, and still tells of itself where the server keeps such accounts. */
const isServed = async (client: Client, queue: string, type: Waiting['type'], nowMs: number): Promise<boolean> => {
  const workers = await workersOf(client, queue);
  if (workers.some(({ isRunning, atMs }) => isRunning && nowMs - atMs < workerFreshMs)) return true;
  const leaving = new Set(workers.map(({ identity }) => identity));
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: type,
  });
  return (pollers ?? []).some(
    ({ identity, lastAccessTime }) => !leaving.has(identity ?? '') && nowMs - (msOf(lastAccessTime) ?? 0) < pollFreshMs,
  );
};

const workersOf = async (client: Client, queue: string) => {
  const request = { namespace: client.options.namespace, query: `TaskQueue="${queue}"` };
  const answer = await client.workflowService.listWorkers(request).catch(() => undefined);
  return (answer?.workersInfo ?? []).flatMap(({ workerHeartbeat: told }) =>
    told
      ? [
          {
            identity: told.workerIdentity ?? '',
            isRunning: told.status === statusRunning,
            atMs: msOf(told.heartbeatTime) ?? 0,
          },
        ]
      : [],
  );
};

const adviceFor = (queue: string): string => {
  const kind = (Object.keys(queues) as QueueKind[]).find((one) => queues[one] === queue);
  return (
    'nextune up starts a worker for every queue; where workers are started by hand: ' +
    `node dist/worker.js --queues ${kind ?? queue} (docs/cluster.md)`
  );
};
