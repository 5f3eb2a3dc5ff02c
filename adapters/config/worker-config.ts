import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { InputError } from '../../contract/failures.js';
import { type QueueKind, queues } from '../../contract/queues.js';

export interface WorkerConfig {
  stateDir: string;
  temporal: { address: string; namespace: string };
  /** OpenAI-compatible base URL of the embedded engine; absent where none runs. */
  engineUrl: string | undefined;
  queues: QueueKind[];
}

const allQueues = Object.keys(queues) as QueueKind[];

const queueKinds = (list: string | undefined): QueueKind[] => {
  if (list === undefined) return allQueues;
  return list.split(',').map((name) => {
    const kind = allQueues.find((known) => known === name.trim());
    if (kind) return kind;
    throw new InputError(`--queues: there is no queue ${name.trim()}; choose among ${allQueues.join(', ')}`);
  });
};

/** What a worker is told by its environment and its arguments (`--queues control,model,sandbox,trainer`). */
export const readWorkerConfig = (env: NodeJS.ProcessEnv, argv: string[]): WorkerConfig => {
  const { values } = parseArgs({ args: argv, options: { queues: { type: 'string' } } });
  return {
    stateDir: resolve(env.NEXTUNE_STATE_DIR ?? '.nextune'),
    temporal: {
      address: env.NEXTUNE_TEMPORAL_ADDRESS ?? '127.0.0.1:7233',
      namespace: env.NEXTUNE_TEMPORAL_NAMESPACE ?? 'default',
    },
    engineUrl: env.NEXTUNE_ENGINE_URL,
    queues: queueKinds(values.queues),
  };
};
