import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from './activities/index.js';
import { readWorkerConfig } from './adapters/config/worker-config.js';
import { createDeps } from './adapters/deps.js';
import { createWorkers } from './adapters/temporal/workers.js';

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
  const { namespace } = config.temporal;
  const workers = await createWorkers({ kinds: config.queues, connection, namespace, activities });
  process.stdout.write(`${JSON.stringify({ type: 'ready', queues: config.queues })}\n`);
  await Promise.all(workers.map((worker) => worker.run()));
  await close();
  await connection.close();
};

await main();
