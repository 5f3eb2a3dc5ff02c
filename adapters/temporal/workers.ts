import { existsSync } from 'node:fs';
import type { DataConverter } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkerOptions, type WorkerPlugin } from '@temporalio/worker';
import { type QueueKind, queues } from '../../contract/queues.js';
import { resourcePath } from '../paths.js';

/**
 * Activities at a time by kind of work. Requests to a model are bounded by its own limit; two shards share one set of
 * jails, so that the next is judged while the last programs of the first still run.
 */
const slots: Record<QueueKind, number> = { control: 4, model: 16, sandbox: 2, trainer: 1 };

/** The bundle of the build; one with interceptors (for traces) is made at start. */
const workflowsOption = (traced: boolean): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> => {
  const codePath = resourcePath('dist', 'workflow-bundle.js');
  return existsSync(codePath) && !traced
    ? { workflowBundle: { codePath } }
    : { workflowsPath: resourcePath('dist', 'workflows', 'index.js') };
};

/** A worker for each queue, over one connection. Each drains on SIGTERM: what runs is finished, or given back when time is up. */
export const createWorkers = (options: {
  kinds: readonly QueueKind[];
  connection: NativeConnection;
  namespace: string;
  activities: object;
  dataConverter?: DataConverter | undefined;
  plugins?: WorkerPlugin[];
}): Promise<Worker[]> => {
  const { kinds, connection, namespace, activities, dataConverter, plugins = [] } = options;
  const create = (kind: QueueKind): Promise<Worker> =>
    Worker.create({
      connection,
      namespace,
      taskQueue: queues[kind],
      activities,
      ...(kind === 'control' && workflowsOption(plugins.length > 0)),
      ...(dataConverter && { dataConverter }),
      plugins,
      maxConcurrentActivityTaskExecutions: slots[kind],
      // After a kill -9 the workflow's side goes on elsewhere this soon.
      stickyQueueScheduleToStartTimeout: '2s',
      // Also the delay until a cancellation is seen.
      maxHeartbeatThrottleInterval: '1s',
      // What runs on after this is cut off and given back, which takes seconds more (a trainer three, to end) until the supervisor kills.
      shutdownGraceTime: '8s',
      shutdownForceTime: '20s',
    });
  return Promise.all(kinds.map(create));
};
