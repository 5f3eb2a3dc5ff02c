import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../../activities/index.js';
import type { Trainer, Verifier } from '../../activities/ports.js';
import { readWorkerConfig } from '../../adapters/config/worker-config.js';
import { createDeps } from '../../adapters/deps.js';
import { createWorkers } from '../../adapters/temporal/workers.js';
import { digestOf } from '../../core/hash/digest.js';

/** Stands for training, which this benchmark leaves out: an adapter of one small file, another for other examples. */
const noTraining: Trainer = {
  async train({ workDir, seed, examplesPath }) {
    const adapterDir = join(workDir, 'adapter');
    await mkdir(adapterDir, { recursive: true });
    await writeFile(
      join(adapterDir, 'adapter_model.safetensors'),
      `adapter ${seed} ${digestOf(await readFile(examplesPath))}`,
    );
    return { adapterDir, steps: 1, trainTokens: 1, finalLoss: 1, seconds: 0, precision: 'fp32' };
  },
};

/** For benchmarks of sampling alone, by NEXTUNE_BENCH_JUDGE=none. */
const noJudging: Verifier = {
  verify: (candidates) =>
    Promise.resolve(
      candidates.map(({ task, index }) => ({
        ...{ taskId: task.id, index, verdict: 'none' as const, reason: 'infrastructure' as const },
        ...{ tests: [], durationMs: 0, isolation: 'not judged' },
      })),
    ),
  close: () => Promise.resolve(),
};

/** The product's worker with all its real adapters but the trainer. */
const main = async (): Promise<void> => {
  const config = readWorkerConfig(process.env, []);
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect(config.temporal.connection);
  const { deps, close } = await createDeps(config, pino({ level: 'silent' }));
  const activities = createActivities({
    ...deps,
    trainer: () => noTraining,
    ...(process.env.NEXTUNE_BENCH_JUDGE === 'none' && { verifier: () => Promise.resolve(noJudging) }),
  });
  const { namespace } = config.temporal;
  const workers = await createWorkers({ kinds: config.queues, connection, namespace, activities });
  process.stdout.write(`${JSON.stringify({ type: 'ready' })}\n`);
  await Promise.all(workers.map((worker) => worker.run()));
  await close();
  await connection.close();
};

await main();
