import { z } from 'zod';
import { NextuneFailure } from '../../contract/failures.js';

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
  if (response.status >= 500 || response.status === 429) {
    throw new NextuneFailure('modelUnavailable', `${url} answered ${response.status}`);
  }
  const counted = answerSchema.safeParse(response.ok ? await response.json().catch(() => undefined) : undefined);
  if (counted.success) return counted.data;
  throw new NextuneFailure(
    'modelRefused',
    `${url} counts no tokens (status ${response.status}): set sampling.traceMaxChars instead of sampling.trace.maxTokens`,
  );
};
