import type { Completion, GroupRecord, GroupRequest, PartialRecord } from '../contract/completion.js';
import type { TrainerConfig } from '../contract/config.js';
import type { Digest } from '../contract/digest.js';
import type { Envelope } from '../contract/envelope.js';
import type { CampaignEvent, NewEvent, TreeHead } from '../contract/event.js';
import type { Task } from '../contract/task.js';
import type { TaskTrace } from '../contract/trace.js';
import type { Verdict } from '../contract/verdict.js';

/** What long work takes besides its input: how to be stopped, and whom to tell how far it is. */
export interface Work<Progress = { done: number; total: number }> {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** Content-addressed objects: written to a temporary file, synced, renamed; checked against their digest when read. */
export interface ObjectStore {
  put(bytes: Uint8Array | string): Promise<Digest>;
  /** The same for bulk rows, which may be kept compressed: the digest is that of these bytes all the same. */
  putBulk(bytes: Uint8Array): Promise<Digest>;
  putFile(path: string): Promise<Digest>;
  /** @throws NextuneFailure storeCorrupt when the bytes are not those of the digest, or are gone. */
  get(digest: Digest): Promise<Buffer>;
  has(digest: Digest): Promise<boolean>;
}

/** Paid answers by the digest of what was asked. A recorded group is never asked for again. */
export interface Ledger {
  keyOf(request: GroupRequest): Digest;
  read(request: GroupRequest): Promise<GroupRecord | undefined>;
  /** Atomic, and safe to repeat. The first record of a key stays. */
  record(request: GroupRequest, answer: { completions: Completion[]; promptTokens: number }): Promise<GroupRecord>;
  /** What came of a group of which the endpoint refused some choices: null at their places, until they are asked singly. */
  readPartial(request: GroupRequest): Promise<PartialRecord | undefined>;
  recordPartial(request: GroupRequest, answer: Omit<PartialRecord, 'version' | 'key'>): Promise<PartialRecord>;
}

/** A choice that the endpoint would not give, as `content_filter`: no answer, and never recorded as one. */
export interface RefusedChoice {
  refused: string;
}

export interface ModelAnswer {
  /** As many as were asked for, in order. */
  choices: (Completion | RefusedChoice)[];
  promptTokens: number;
  /** Digest of the base that answered, or over which an adapter did, where its server says it: the embedded engine does. */
  baseDigest?: string;
  /** Tree digest of the adapter that answered, from the same. */
  adapterDigest?: string;
}

/**
 * Which requests are out, by campaign and ledger key. One that is still noted when its key is asked for again may have been
 * paid: its worker died, or its connection broke.
 */
export interface RequestLog {
  sent(campaign: string, key: Digest): Promise<void>;
  /** Its answer is recorded, or the endpoint said that there is none. */
  settled(campaign: string, key: Digest): Promise<void>;
  isOut(campaign: string, key: Digest): Promise<boolean>;
  /** `unsettled` are out now, or were when a worker died; `askedAgain` were asked a second time though unsettled. */
  count(campaign: string): Promise<{ unsettled: number; askedAgain: number }>;
}

/** A model behind an OpenAI-compatible endpoint. Its own retries are off: Temporal is the one retry authority. */
export interface ModelClient {
  /** @throws NextuneFailure model* with the retry decision, and retryAfterMs where the server said it. */
  complete(
    request: { model: string; group: GroupRequest; seed: number; idempotencyKey: string },
    work?: Pick<Work, 'signal'> & {
      /** Campaigns that wait for their turn take it one by one, however much each has waiting. */
      campaign?: string;
      /** When the asking activity began, in ms: of a campaign's requests those of the one that began first go first. */
      since?: number;
      /** Ledger key that the campaign's request log notes as sent once its turn has come: from then on it may be paid. */
      key?: Digest;
    },
  ): Promise<ModelAnswer>;
  /** Tokens of a text as the served model counts them. @throws NextuneFailure modelRefused where it has no /tokenize. */
  countTokens?(request: { model: string; text: string }): Promise<number>;
  /** How many requests may be in flight at once, from all of a worker's activities together. */
  readonly concurrency: number;
}

/** Makes a tuned model answer: base and adapters are models of their own, by name. */
export interface ModelHost {
  /** The base's name for requests, and the digest of its weights (or name and version of a hosted one). */
  base(): Promise<{ model: string; digest: string }>;
  /** Places an adapter (a folder's archive by digest) where the engine finds it. Safe to repeat. */
  deploy(adapter: AdapterRef): Promise<{ model: string; digest: string }>;
}

export interface Candidate {
  task: Task;
  index: number;
  /** Undefined when the completion held no program: the verdict is then `unparsable`, without a run. */
  program: string | undefined;
}

export interface VerifyLimits {
  cpuLimitMs: number;
  memoryBytes: number;
}

/** Judges candidates in the sandbox. Verdicts come in the order of the candidates. */
export interface Verifier {
  /** @throws NextuneFailure sandboxBroken when the sandbox itself does not work, sandboxWeak when it isolates too little. */
  verify(candidates: readonly Candidate[], limits: VerifyLimits, work?: Work): Promise<Verdict[]>;
  close(): Promise<void>;
}

/** Runs programs under the tracer, in the sandbox. A trace for each task, in order; one that can't be made says why. */
export interface Tracer {
  /** Traces the buggy program (or the reference of a problem) on its first failing visible test, else its first test. */
  trace(tasks: readonly Task[], work?: Work): Promise<TaskTrace[]>;
  close(): Promise<void>;
}

/** A tuned adapter: digest of a tree object (`{files: [{path, digest, bytes}]}`), PEFT safetensors and GGUF within. */
export interface AdapterRef {
  tree: Digest;
}

export interface TrainExample {
  messages: { role: 'system' | 'user' | 'assistant'; content: string }[];
  /** The text the loss is taken on. */
  completion: string;
}

export interface TrainJob {
  /** Folder for this job's checkpoints, its own by digest of what is trained: a retry resumes there. */
  workDir: string;
  examplesPath: string;
  seed: string;
  config: TrainerConfig;
  /** Tree digest of the adapter to go on from; a fresh one without it. */
  startFrom?: Digest;
}

export interface TrainProgress {
  phase: 'load' | 'train' | 'export';
  step: number;
  totalSteps: number;
  loss: number | null;
  tokensPerSecond: number | null;
}

export interface TrainOutcome {
  /** Folder that holds adapter_model.safetensors, adapter_config.json and adapter.gguf. */
  adapterDir: string;
  steps: number;
  trainTokens: number;
  finalLoss: number;
  seconds: number;
  precision: 'fp32' | 'bf16';
}

/** Fine-tunes from the base model, in a process that ends with its parent and leaves nothing when it is stopped. */
export interface Trainer {
  train(job: TrainJob, work?: Work<TrainProgress>): Promise<TrainOutcome>;
}

/** Names a program's AST, so that layout and comments make no two fixes of one. Parses; never runs anything. */
export interface Normaliser {
  /** A digest for each program, in order; null for one that does not parse. */
  normalise(programs: readonly string[]): Promise<(string | null)[]>;
}

/** Which manifest object stands for which round: an append-only list beside the store. */
export interface ManifestLog {
  /** Repeating an entry changes nothing; a round sealed again with other bytes is added as its newest. */
  append(campaign: string, entry: ManifestEntry): Promise<void>;
  /** In order of sealing; the last entry of a round and kind is the one that counts. */
  list(campaign: string): Promise<ManifestEntry[]>;
  campaigns(): Promise<string[]>;
}

/** What no manifest names and a retry may need: objects of a campaign's attempts, sealed or not. */
export interface KeptLog {
  /** Repeating it changes nothing. */
  add(campaign: string, object: Digest): Promise<void>;
  list(campaign: string): Promise<Digest[]>;
}

export interface ManifestEntry {
  kind: 'base' | 'round' | 'campaign';
  round: number;
  manifest: Digest;
}

/** Signs with the Ed25519 key of this installation, or by a command that holds one. */
export interface Signer {
  /** @throws NextuneFailure sealingFailed where the key or the command does not answer */
  sign(payloadType: string, payload: Uint8Array): Promise<Envelope>;
  /** The name of the key that it would sign with, without a signature: a command that signs may be slow, and billed. */
  keyId(): Promise<string>;
}

/** A campaign's events between seals: append-only, each with an id, under a Merkle tree whose every head is signed. */
export interface EventLog {
  /**
   * Appends once: an event whose id is there already changes nothing. Returns the event as it stands in the log, and
   * the head of the log up to it.
   */
  append(campaign: string, event: NewEvent): Promise<{ event: CampaignEvent; head: TreeHead }>;
  list(campaign: string): Promise<CampaignEvent[]>;
  head(campaign: string): Promise<TreeHead>;
}

/** Hands a signed tree head to what keeps it outside: nothing, or a configured command. */
export interface Anchor {
  /** Undefined where no command is configured. @throws NextuneFailure sealingFailed where it fails */
  anchor(campaign: string, head: TreeHead): Promise<{ command: string; receipt: string } | undefined>;
}

/** What a campaign paid for, request by request. */
export interface SpendBook {
  /** Once its answer is in the ledger. A key is counted once, however often it is told. */
  paid(campaign: string, key: Digest, tokens: TokenCounts): Promise<void>;
  /** Of this machine and of what others have shared. */
  total(campaign: string): Promise<TokenCounts & { requests: number }>;
  /** Counts, when it returns, for every machine that shares the store. Safe to repeat. */
  share(campaign: string): Promise<void>;
}

export interface TokenCounts {
  promptTokens: number;
  completionTokens: number;
}
