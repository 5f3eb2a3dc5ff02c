import type { Logger } from 'pino';
import type { ModelConfig } from '../contract/config.js';
import type { EnvironmentRecord } from '../contract/manifest.js';
import type {
  Anchor,
  EventLog,
  KeptLog,
  Ledger,
  ManifestLog,
  ModelClient,
  ModelHost,
  Normaliser,
  ObjectStore,
  RequestLog,
  Signer,
  SpendBook,
  Tracer,
  Trainer,
  Verifier,
} from './ports.js';

/** All that activities reach the world through. Worker.ts builds the real one; a test's is a plain object. */
export interface Deps {
  store: ObjectStore;
  ledger: Ledger;
  requests: RequestLog;
  spend: SpendBook;
  manifests: ManifestLog;
  kept: KeptLog;
  events: EventLog;
  signer: Signer;
  anchor: Anchor;
  /** Package locks and sandbox policy as stored objects: what a seal says its round ran on. */
  environment: () => Promise<EnvironmentRecord>;
  normaliser: Normaliser;
  /** Opened on first use and kept: jails and interpreters are dear to start. */
  verifier: () => Promise<Verifier>;
  tracer: () => Promise<Tracer>;
  trainer: (base: string | undefined) => Trainer;
  model: (config: ModelConfig) => { client: ModelClient; host: ModelHost };
  /** Folder for work in progress that no artifact refers to: checkpoints of a training that goes on. */
  scratchDir: string;
  codeVersion: string;
  log: Logger;
}
