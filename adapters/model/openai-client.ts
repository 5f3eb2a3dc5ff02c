import OpenAI from 'openai';
import type { ModelAnswer, ModelClient, RefusedChoice, RequestLog } from '../../activities/ports.js';
import type { Completion } from '../../contract/completion.js';
import { NextuneFailure } from '../../contract/failures.js';
import { createAnswerFetch } from './answer-fetch.js';
import { modelFailure } from './classify.js';
import { countTokens } from './count-tokens.js';
import { createFairLimit } from './fair-limit.js';
import { withinTime } from './within-time.js';

export interface EndpointOptions {
  baseUrl: string;
  apiKey: string | undefined;
  concurrency: number;
  /** How long one request may take, to the last byte of its answer; a group of long answers on a slow machine takes minutes. */
  timeoutMs: number;
}

/**
 * Asks any OpenAI-compatible chat endpoint. The library's own retries are off: Temporal decides on retries alone. Keep one
 * client for an endpoint: its limit holds for all who ask through it, and campaigns take turns at it.
 */
export const createOpenAiClient = (options: EndpointOptions & { requests?: RequestLog }): ModelClient => {
  const { baseUrl, concurrency, timeoutMs } = options;
  const api = new OpenAI({
    baseURL: baseUrl,
    apiKey: options.apiKey || 'none',
    maxRetries: 0,
    timeout: timeoutMs,
    fetch: createAnswerFetch(timeoutMs),
  });
  const inFlight = createFairLimit(concurrency);
  return {
    concurrency,
    countTokens: (request) => countTokens(options, request),
    complete: ({ model, group, seed, idempotencyKey }, work) =>
      inFlight({ party: work?.campaign ?? '', since: work?.since ?? 0, signal: work?.signal }, async () => {
        work?.signal?.throwIfAborted();
        if (work?.campaign !== undefined && work.key) await options.requests?.sent(work.campaign, work.key);
        const where = `${baseUrl} (model ${model})`;
        const answer = await withinTime(timeoutMs, work?.signal, (signal) =>
          api.chat.completions.create(requestBody(model, group, seed), {
            signal,
            headers: { 'Idempotency-Key': idempotencyKey },
          }),
        ).catch((error: unknown) => {
          throw modelFailure(error, where, options.apiKey);
        });
        return checkedAnswer(answer, group.count, where);
      }),
  };
};

type Group = Parameters<ModelClient['complete']>[0]['group'];

const requestBody = (model: string, { messages, sampling, count }: Group, seed: number) => ({
  model,
  messages,
  n: count,
  seed,
  temperature: sampling.temperature,
  top_p: sampling.topP,
  max_tokens: sampling.maxTokens,
  ...(sampling.stop.length > 0 && { stop: sampling.stop }),
  stream: false as const,
});

const finishReasons: Record<string, Completion['finishReason']> = { stop: 'stop', length: 'length' };
type Choice = OpenAI.ChatCompletion['choices'][number];

/**
 * A choice that ended by itself or at max tokens is an answer. One that was filtered, or that is missing because the
 * endpoint gives fewer than `n`, is a refused one; what is no list of choices at all is a failure.
 */
const checkedAnswer = (answer: OpenAI.ChatCompletion, count: number, where: string): ModelAnswer => {
  const given: Choice[] = Array.isArray(answer?.choices) ? answer.choices : [];
  const at = new Map(given.map((choice) => [choice?.index, choice]));
  const known = given.every(({ index }) => Number.isInteger(index) && index >= 0 && index < count);
  if (given.length === 0 || at.size !== given.length || !known) {
    throw new NextuneFailure('modelProtocol', `${where} gave ${given.length} choices where ${count} were asked for`);
  }
  const choices = Array.from({ length: count }, (_, index) => choiceOf(at.get(index)));
  // The embedded engine says what it has loaded: not of OpenAI's form.
  const { base_digest: baseDigest, adapter_digest: adapterDigest } = answer as {
    base_digest?: unknown;
    adapter_digest?: unknown;
  };
  return {
    choices: withTokens(choices, at, answer),
    promptTokens: answer.usage?.prompt_tokens ?? 0,
    ...(typeof baseDigest === 'string' && { baseDigest }),
    ...(typeof adapterDigest === 'string' && { adapterDigest }),
  };
};

const choiceOf = (choice: Choice | undefined): Completion | RefusedChoice => {
  if (!choice) return { refused: 'missing' };
  const finishReason = finishReasons[choice.finish_reason ?? ''];
  const text = choice.message?.content;
  if (finishReason === undefined || typeof text !== 'string') return { refused: `${choice.finish_reason}` };
  return { text, finishReason, completionTokens: 0 };
};

/**
 * The embedded engine counts each choice. Others count a request: each answer gets its share by length, and the sum
 * stays exact.
 */
const withTokens = (
  choices: ModelAnswer['choices'],
  at: ReadonlyMap<number, Choice>,
  answer: OpenAI.ChatCompletion,
): ModelAnswer['choices'] => {
  const counted = choices.map((_, index) => (at.get(index) as { completion_tokens?: unknown })?.completion_tokens);
  const everyCounted = choices.every((choice, index) => 'refused' in choice || typeof counted[index] === 'number');
  if (!everyCounted) return sharedByLength(choices, answer.usage?.completion_tokens ?? 0);
  return choices.map((choice, index) =>
    'refused' in choice ? choice : { ...choice, completionTokens: counted[index] as number },
  );
};

const sharedByLength = (choices: ModelAnswer['choices'], total: number): ModelAnswer['choices'] => {
  const length = choices.reduce((sum, choice) => sum + ('text' in choice ? choice.text.length : 0), 0);
  let lengthSoFar = 0;
  let tokensSoFar = 0;
  return choices.map((choice) => {
    if ('refused' in choice) return choice;
    lengthSoFar += choice.text.length;
    const upTo = length === 0 ? total : Math.round((total * lengthSoFar) / length);
    const completionTokens = upTo - tokensSoFar;
    tokensSoFar = upTo;
    return { ...choice, completionTokens };
  });
};
