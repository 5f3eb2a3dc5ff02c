import type { ModelAnswer, ModelClient } from '../../../activities/ports.js';
import type { S3Location } from '../../../contract/config.js';
import type { FailureKind } from '../../../contract/failures.js';
import type { EndpointOptions } from '../openai-client.js';

/** Where the thread finds the log of requests that are out: in a folder of campaigns, or in a bucket. */
export interface ThreadData {
  campaignsDir: string;
  s3: S3Location | undefined;
}

type Complete = Parameters<ModelClient['complete']>;

/** A request and what of its work can cross. */
export interface Ask {
  request: Complete[0];
  work: Omit<NonNullable<Complete[1]>, 'signal'>;
}

/** To the thread. An endpoint is opened before it is asked; ids are its caller's. */
export type ToThread =
  | { type: 'open'; endpoint: number; options: EndpointOptions }
  | ({ type: 'ask'; id: number; endpoint: number } & Ask)
  | { type: 'stop'; id: number };

/** A failure that has crossed: its stack and its cause stay behind, its message says what they said. */
export interface CrossedFailure {
  message: string;
  /** Without one it is an error of ours, not the endpoint's. */
  kind?: FailureKind;
  retryAfterMs?: number;
}

/** `ready` comes once: a thread that dies before it has asked for nothing. */
export type FromThread = { type: 'ready' } | Settled;
export type Settled =
  | { type: 'settled'; id: number; answer: ModelAnswer }
  | { type: 'settled'; id: number; failure: CrossedFailure };
