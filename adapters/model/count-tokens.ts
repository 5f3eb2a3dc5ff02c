import { z } from 'zod';
import { NextuneFailure } from '../../contract/failures.js';
import { kindOfStatus, waitAsked, wholeText } from './classify.js';

/** vLLM says `count`; llama.cpp lists the tokens alone; the embedded engine says both. */
const answerSchema = z.union([
  z.object({ count: z.int().nonnegative() }).transform(({ count }) => count),
  z.object({ tokens: z.array(z.unknown()) }).transform(({ tokens }) => tokens.length),
]);

/** Asks `/tokenize`, beside `/v1`, how many tokens a text is. `prompt` is vLLM's word for it, `content` llama.cpp's. */
export const countTokens = async (
  { baseUrl, apiKey, timeoutMs }: { baseUrl: string; apiKey: string | undefined; timeoutMs: number },
  { model, text }: { model: string; text: string },
): Promise<number> => {
  const url = `${baseUrl.replace(/\/v1\/?$/, '')}/tokenize`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify({ model, prompt: text, content: text, add_special_tokens: false }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw new NextuneFailure('modelUnavailable', `${url} can't be reached`, { cause });
  });
  const answer = await wholeText(url, response);
  refuseTrouble(url, response);
  const counted = answerSchema.safeParse(response.ok ? parseJson(url, answer) : undefined);
  if (counted.success) return counted.data;
  throw new NextuneFailure(
    'modelRefused',
    `${url} counts no tokens (status ${response.status}): set sampling.traceMaxChars instead of sampling.trace.maxTokens`,
  );
};

/** Counting costs nothing, so that whatever passes is tried again. */
const refuseTrouble = (url: string, { status, ok, headers }: Response): void => {
  const kind = kindOfStatus(status);
  if (ok || kind === 'modelRefused' || kind === 'modelUnknown') return;
  const again = kind === 'modelRateLimited' ? kind : 'modelUnavailable';
  throw new NextuneFailure(again, `${url} answered ${status}`, waitAsked(headers));
};

const parseJson = (url: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NextuneFailure('modelProtocol', `${url} sent something that is no JSON`, { cause });
  }
};
