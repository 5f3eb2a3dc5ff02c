import { existsSync } from 'node:fs';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from './activities/index.js';
import { readWorkerConfig, type WorkerConfig } from './adapters/config/worker-config.js';
import { createDeps } from './adapters/deps.js';
import { resourcePath } from './adapters/paths.js';
import { type QueueKind, queues } from './contract/queues.js';

/** Slots by kind of work: on a laptop the steps take turns, for one busy core quarters the model's speed. */
const slots: Record<QueueKind, number> = { control: 4, model: 4, sandbox: 1, trainer: 1 };

const workflowsOption = (): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> => {
  const codePath = resourcePath('dist', 'workflow-bundle.js');
  return existsSync(codePath)
    ? { workflowBundle: { codePath } }
    : { workflowsPath: resourcePath('dist', 'workflows', 'index.js') };
};

const createWorker = (
  kind: QueueKind,
  connection: NativeConnection,
  config: WorkerConfig,
  activities: ReturnType<typeof createActivities>,
): Promise<Worker> =>
  Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: queues[kind],
    activities,
    ...(kind === 'control' && workflowsOption()),
    maxConcurrentActivityTaskExecutions: slots[kind],
    // After a kill -9 the workflow's side goes on elsewhere this soon.
    stickyQueueScheduleToStartTimeout: '2s',
    // Also the delay until a cancellation is seen.
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
  });

/** Composition root: configuration, dependencies, activities, one worker a queue; drains on SIGTERM. */
const main = async (): Promise<void> => {
  const config = readWorkerConfig(process.env, process.argv.slice(2));
  const log = pino({ base: { pid: process.pid } });
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => log.warn({ level, meta }, message)),
  });
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const { deps, close } = await createDeps(config, log);
  const activities = createActivities(deps);
  const workers = await Promise.all(config.queues.map((kind) => createWorker(kind, connection, config, activities)));
  process.stdout.write(`${JSON.stringify({ type: 'ready', queues: config.queues })}\n`);
  await Promise.all(workers.map((worker) => worker.run()));
  await close();
  await connection.close();
};

await main();
