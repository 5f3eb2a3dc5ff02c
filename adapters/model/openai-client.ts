import OpenAI from 'openai';
import type { ModelAnswer, ModelClient } from '../../activities/ports.js';
import type { Completion } from '../../contract/completion.js';
import { NextuneFailure } from '../../contract/failures.js';
import { modelFailure } from './classify.js';

export interface OpenAiClientOptions {
  baseUrl: string;
  apiKey: string | undefined;
  concurrency: number;
  /** How long one request may take; a group of long answers on a slow machine takes minutes. */
  timeoutMs: number;
}

/** Asks any OpenAI-compatible chat endpoint. The library's own retries are off: Temporal decides on retries alone. */
export const createOpenAiClient = (options: OpenAiClientOptions): ModelClient => {
  const api = new OpenAI({
    baseURL: options.baseUrl,
    apiKey: options.apiKey ?? 'none',
    maxRetries: 0,
    timeout: options.timeoutMs,
  });
  return {
    concurrency: options.concurrency,
    async complete({ model, group, seed }, work) {
      const body = requestBody(model, group, seed);
      const answer = await api.chat.completions
        .create(body, { ...(work?.signal && { signal: work.signal }) })
        .catch((error: unknown) => {
          throw modelFailure(error, `${options.baseUrl} (model ${model})`);
        });
      return checkedAnswer(answer, group.count, `${options.baseUrl} (model ${model})`);
    },
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

/** An answer is one only if every choice is whole: a filtered or missing choice is a failure, and nothing is recorded. */
const checkedAnswer = (answer: OpenAI.ChatCompletion, count: number, where: string): ModelAnswer => {
  const choices = Array.isArray(answer.choices) ? [...answer.choices].sort((a, b) => a.index - b.index) : [];
  if (choices.length !== count) {
    throw new NextuneFailure('modelProtocol', `${where} gave ${choices.length} choices where ${count} were asked for`);
  }
  const completions = choices.map(({ message, finish_reason }): Completion => {
    const finishReason = finishReasons[finish_reason ?? ''];
    if (finishReason === undefined || typeof message?.content !== 'string') {
      throw new NextuneFailure(
        'modelProtocol',
        `${where} ended a choice with ${finish_reason}: not recorded as an answer`,
      );
    }
    return { text: message.content, finishReason, completionTokens: 0 };
  });
  const counted = choices.map((choice) => (choice as { completion_tokens?: unknown }).completion_tokens);
  return { completions: withTokens(completions, counted, answer), promptTokens: answer.usage?.prompt_tokens ?? 0 };
};

/**
 * The embedded engine counts each choice. Others count a request: each choice gets its share by length, and the sum
 * stays exact.
 */
const withTokens = (completions: Completion[], counted: unknown[], answer: OpenAI.ChatCompletion): Completion[] => {
  if (counted.every((count) => typeof count === 'number')) {
    return completions.map((completion, at) => ({ ...completion, completionTokens: counted[at] as number }));
  }
  return sharedByLength(completions, answer);
};

const sharedByLength = (completions: Completion[], answer: OpenAI.ChatCompletion): Completion[] => {
  const total = answer.usage?.completion_tokens ?? 0;
  const length = completions.reduce((sum, { text }) => sum + text.length, 0);
  let lengthSoFar = 0;
  let tokensSoFar = 0;
  return completions.map((completion) => {
    lengthSoFar += completion.text.length;
    const upTo = length === 0 ? total : Math.round((total * lengthSoFar) / length);
    const completionTokens = upTo - tokensSoFar;
    tokensSoFar = upTo;
    return { ...completion, completionTokens };
  });
};
