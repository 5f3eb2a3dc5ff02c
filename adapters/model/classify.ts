import OpenAI from 'openai';
import { type FailureKind, NextuneFailure } from '../../contract/failures.js';

const kindOfStatus = (status: number | undefined): FailureKind => {
  if (status === 429) return 'modelRateLimited';
  if (status === undefined || status >= 500 || status === 408 || status === 409) return 'modelUnavailable';
  return 'modelRefused';
};

/** Retry-after (RFC 9110, 10.2.3) in milliseconds: seconds, or a date. Undefined when the server did not say. */
export const retryAfterMs = (value: string | null | undefined, nowMs: number): number | undefined => {
  if (!value) return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
};

/** What a failed request means for its retry: one truth table for every endpoint. Aborts pass through. */
export const modelFailure = (error: unknown, where: string): unknown => {
  if (error instanceof OpenAI.APIUserAbortError) return error;
  if (!(error instanceof OpenAI.APIError)) {
    return new NextuneFailure('modelProtocol', `${where} sent something that is no answer: ${String(error)}`, {
      cause: error,
    });
  }
  const kind = kindOfStatus(error.status);
  const waitMs = retryAfterMs(error.headers?.get('retry-after'), Date.now());
  return new NextuneFailure(kind, `${where}: ${error.message}${adviceFor(kind)}`, {
    cause: error,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
};

const adviceFor = (kind: FailureKind): string =>
  kind === 'modelRefused' ? ' (the request itself is refused: check the model name, the key and the limits)' : '';
