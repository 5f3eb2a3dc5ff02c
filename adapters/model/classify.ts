import OpenAI from 'openai';
import { type FailureKind, NextuneFailure } from '../../contract/failures.js';
import { NotSent } from './answer-fetch.js';
import { hideKey } from './hide-key.js';

/** A gateway that no longer waits for its server's answer, which that server may give, and bill, all the same: RFC 9110, 15.6.5; Cloudflare's own. */
const gatewayGaveUp: ReadonlySet<number> = new Set([504, 524]);

/** By what the endpoint said; without a status it said nothing whole, and may have answered all the same. */
export const kindOfStatus = (status: number | undefined): FailureKind => {
  if (status === undefined || gatewayGaveUp.has(status)) return 'modelSilent';
  if (status === 404) return 'modelUnknown';
  if (status === 429) return 'modelRateLimited';
  if (status >= 500 || status === 408 || status === 409) return 'modelUnavailable';
  return 'modelRefused';
};

/** Retry-after (RFC 9110, 10.2.3) in milliseconds: seconds, or a date. Undefined when the server did not say. */
export const retryAfterMs = (value: string | null | undefined, nowMs: number): number | undefined => {
  if (!value) return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
};

/** The wait that an answer's headers ask for, as a failure carries it. */
export const waitAsked = (headers: { get(name: string): string | null } | undefined): { retryAfterMs?: number } => {
  const waitMs = retryAfterMs(headers?.get('retry-after'), Date.now());
  return waitMs === undefined ? {} : { retryAfterMs: waitMs };
};

/** An answer's whole body. @throws NextuneFailure modelUnavailable when it breaks off: for calls that cost nothing */
export const wholeText = (url: string, response: Response): Promise<string> =>
  response.text().catch((cause: unknown) => {
    throw new NextuneFailure('modelUnavailable', `${url} broke off in the middle of its answer`, { cause });
  });

/**
 * What a failed request means for its retry: one truth table for every endpoint. Aborts pass through. The key that was
 * sent with it is in none of what it says.
 */
export const modelFailure = (error: unknown, where: string, apiKey: string | undefined): unknown =>
  hideKey(classified(error, where), apiKey);

const classified = (error: unknown, where: string): unknown => {
  if (error instanceof OpenAI.APIUserAbortError || isAbort(error)) return error;
  if (!(error instanceof OpenAI.APIError)) return notAnApiError(error, where);
  if (error instanceof OpenAI.APIConnectionError && error.cause instanceof NotSent)
    return new NextuneFailure('modelUnavailable', `${where}: ${error.cause.message}: is it up?`, { cause: error });
  const kind = kindOfStatus(error.status);
  return new NextuneFailure(kind, `${where}: ${error.message}${adviceFor(kind)}`, {
    cause: error,
    ...waitAsked(error.headers),
  });
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** JSON that does not parse is a SyntaxError; a body that broke off is fetch's TypeError (`terminated`). */
const notAnApiError = (cause: unknown, where: string): NextuneFailure =>
  cause instanceof TypeError
    ? new NextuneFailure('modelSilent', `${where} broke off in the middle of its answer: ${cause.message}`, { cause })
    : new NextuneFailure('modelProtocol', `${where} sent something that is no answer: ${String(cause)}`, { cause });

const adviceFor = (kind: FailureKind): string => {
  if (kind === 'modelRefused' || kind === 'modelUnknown')
    return ' (the request itself is refused: check the model name, the key and the limits)';
  return kind === 'modelSilent'
    ? ' (no whole answer came: is the endpoint up, and is model.timeoutMs long enough?)'
    : '';
};
