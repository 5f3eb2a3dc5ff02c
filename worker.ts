import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { createActivities } from './activities/index.js';
import { readWorkerConfig } from './adapters/config/worker-config.js';
import { createDeps } from './adapters/deps.js';
import { type ConnectOptions, unreachableStatus } from './adapters/temporal/connection.js';
import { payloadConverter } from './adapters/temporal/payload-codec.js';
import { metricsOptions, openTracing } from './adapters/temporal/telemetry.js';
import { createWorkers } from './adapters/temporal/workers.js';

/** Composition root: configuration, dependencies, activities, one worker a queue; drains on SIGTERM. */
const main = async (): Promise<void> => {
  const config = readWorkerConfig(process.env, process.argv.slice(2));
  const log = pino({ base: { pid: process.pid } });
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => log.warn({ level, meta }, message)),
    ...metricsOptions(process.env),
  });
  const tracing = await openTracing(process.env);
  const { connection: options, namespace } = config.temporal;
  const connection = await connect(options, log);
  const { deps, close } = await createDeps(config, log);
  const workers = await createWorkers({
    kinds: config.queues,
    connection,
    namespace,
    activities: createActivities(deps),
    dataConverter: payloadConverter(process.env),
    plugins: tracing ? [tracing.plugin] : [],
  });
  process.stdout.write(`${JSON.stringify({ type: 'ready', queues: config.queues })}\n`);
  await Promise.all(workers.map((worker) => worker.run()));
  await close();
  await connection.close();
  await tracing?.close();
};

/** A server that can't be reached may be back soon, as after a reboot: whoever started this may start it again. */
const connect = async (options: ConnectOptions['connection'], log: Logger): Promise<NativeConnection> => {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    log.error(`the Temporal server at ${options.address} can't be reached: ${said}`);
    process.exit(unreachableStatus);
  }
};

await main();
