import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type S3Location, s3LocationSchema } from '../../contract/config.js';
import { InputError } from '../../contract/failures.js';
import { type QueueKind, queues } from '../../contract/queues.js';
import { type ConnectOptions, connectOptions, placeOfProfile } from '../temporal/connection.js';

export interface WorkerConfig {
  stateDir: string;
  temporal: ConnectOptions;
  /** OpenAI-compatible base URL of the embedded engine; absent where none runs. */
  engineUrl: string | undefined;
  queues: QueueKind[];
  /** The bucket that machines share; without it the one that the state folder names, or the folder itself. */
  s3: S3Location | undefined;
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

const options = {
  queues: { type: 'string' },
  store: { type: 'string' },
  's3-endpoint': { type: 'string' },
  's3-region': { type: 'string' },
} as const;

/** `s3://bucket/prefix`, with the service's address and region where they are not Amazon's. */
const s3LocationOf = (store: string | undefined, endpoint?: string, region?: string): S3Location | undefined => {
  if (store === undefined) return undefined;
  const [, bucket, prefix] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/?$/.exec(store) ?? [];
  if (bucket === undefined) throw new InputError(`--store: expected s3://BUCKET/PREFIX, not ${store}`);
  return s3LocationSchema.parse({ bucket, prefix, ...(endpoint && { endpoint }), ...(region && { region }) });
};

/**
 * What a worker is told by its environment and its arguments: `--queues control,model,sandbox,trainer` and, on a machine
 * beside the campaign's own, `--store s3://BUCKET/PREFIX [--s3-endpoint URL] [--s3-region NAME]`.
 */
export const readWorkerConfig = (env: NodeJS.ProcessEnv, argv: string[]): WorkerConfig => {
  const { values } = parseArgs({ args: argv, options });
  return {
    stateDir: resolve(env.NEXTUNE_STATE_DIR ?? '.nextune'),
    temporal: connectOptions(env.NEXTUNE_TEMPORAL_ADDRESS ?? placeOfProfile(''), env.NEXTUNE_TEMPORAL_NAMESPACE),
    engineUrl: env.NEXTUNE_ENGINE_URL,
    queues: queueKinds(values.queues),
    s3: s3LocationOf(values.store, values['s3-endpoint'], values['s3-region']),
  };
};
