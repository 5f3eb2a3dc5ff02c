import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Deps } from '../activities/deps.js';
import type { Tracer, Verifier } from '../activities/ports.js';
import { NextuneFailure } from '../contract/failures.js';
import { canonicalJson } from '../core/canonical-json.js';
import { openAnchor } from './audit/anchor.js';
import { recordEnvironment } from './audit/environment.js';
import { openEventLog } from './audit/event-log.js';
import { openSigner } from './audit/signer.js';
import { codeVersion } from './code-version.js';
import type { WorkerConfig } from './config/worker-config.js';
import { createEmbeddedHost } from './model/embedded.js';
import { createOpenAiHost } from './model/openai-host.js';
import { openThreadedClients, type ThreadedClients } from './model/thread/client.js';
import { createNormaliser } from './program/normaliser.js';
import { openTracer } from './sandbox/tracer.js';
import { openVerifier } from './sandbox/verifier.js';
import { openStorage, sharedLocation } from './store/open-storage.js';
import { createLoraTrainer } from './trainer/lora.js';

/** Long answers of many at once on two cores take minutes; a server that is silent this long is taken for dead. */
const engineTimeoutMs = 20 * 60_000;

/** Requests in flight to the embedded engine: it batches them, and sixteen groups of eight fill its largest batch. */
const embeddedConcurrency = 16;

/** Opens once, on first use, and again only after a failure. */
const lazily = <Thing>(
  open: () => Promise<Thing>,
): { get: () => Promise<Thing>; opened: () => Promise<Thing> | undefined } => {
  let opening: Promise<Thing> | undefined;
  return {
    opened: () => opening,
    get: () => {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
  };
};

/** Where dependencies work; a command that needs no server has as much of it. */
type Place = Pick<WorkerConfig, 'stateDir' | 'engineUrl' | 's3'>;

/** The real dependencies of a worker, over one state folder. */
export const createDeps = async (config: Place, log: Logger): Promise<{ deps: Deps; close: () => Promise<void> }> => {
  const at = (...parts: string[]): string => join(config.stateDir, ...parts);
  const s3 = config.s3 ?? sharedLocation(config.stateDir);
  const { eventFiles, ...storage } = openStorage(config.stateDir, s3);
  const verifier = lazily<Verifier>(() => openVerifier({ cacheDir: at('verdicts') }));
  const tracer = lazily<Tracer>(() => openTracer({ cacheDir: at('traces') }));
  const signer = openSigner(config.stateDir);
  const clients = openThreadedClients({ campaignsDir: at('campaigns'), s3 }, ({ message }) => log.warn(message));
  const deps: Deps = {
    ...storage,
    events: openEventLog(eventFiles, signer),
    signer,
    anchor: openAnchor(config.stateDir, signer),
    environment: lazily(() => recordEnvironment(storage.store)).get,
    normaliser: createNormaliser(),
    verifier: verifier.get,
    tracer: tracer.get,
    trainer: (base) =>
      createLoraTrainer({
        stateDir: config.stateDir,
        store: storage.store,
        ...(base && { baseDir: () => Promise.resolve(base) }),
      }),
    model: modelFactory(config, storage.store, clients),
    scratchDir: at('scratch'),
    codeVersion: await codeVersion(),
    log,
  };
  const close = async (): Promise<void> => {
    await (await verifier.opened())?.close();
    await (await tracer.opened())?.close();
    await clients.close();
  };
  return { deps, close };
};

/** One thing for each value asked with: a model's limit of requests in flight holds over all activities. */
const keptByValue = <Value, Thing>(make: (value: Value) => Thing): ((value: Value) => Thing) => {
  const kept = new Map<string, Thing>();
  return (value) => {
    const name = canonicalJson(value);
    const thing = kept.get(name) ?? make(value);
    kept.set(name, thing);
    return thing;
  };
};

const modelFactory = (worker: Place, store: Deps['store'], clients: ThreadedClients): Deps['model'] =>
  keptByValue((config) => {
    if (config.kind === 'embedded') {
      const baseUrl = engineUrlOf(worker);
      return {
        client: clients.open({
          baseUrl,
          apiKey: undefined,
          concurrency: embeddedConcurrency,
          timeoutMs: engineTimeoutMs,
        }),
        host: createEmbeddedHost({ stateDir: worker.stateDir, baseUrl, store }),
      };
    }
    const apiKey = apiKeyOf(config.apiKeyEnv);
    const { baseUrl, concurrency, timeoutMs } = config;
    return {
      client: clients.open({ baseUrl, apiKey, concurrency, timeoutMs }),
      host: createOpenAiHost(config, { adaptersDir: join(worker.stateDir, 'adapters'), store, apiKey }),
    };
  });

/** Asked without its key an endpoint refuses for good, which ends a campaign; a worker that lacks it, as after an `up` from another shell, is mended. */
const apiKeyOf = (variable: string | undefined): string | undefined => {
  if (variable === undefined) return undefined;
  const key = process.env[variable];
  if (key) return key;
  throw new NextuneFailure(
    'modelKeyMissing',
    `this worker was started without ${variable}, which holds the endpoint's key (model.apiKeyEnv)`,
  );
};

const engineUrlOf = ({ engineUrl }: Place): string => {
  if (engineUrl !== undefined) return engineUrl;
  throw new NextuneFailure('modelUnavailable', 'no embedded engine runs beside this worker: start it with nextune up');
};
