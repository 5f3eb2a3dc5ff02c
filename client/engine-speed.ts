import { createOpenAiClient } from '../adapters/model/openai-client.js';
import type { ChatMessage } from '../contract/completion.js';

const requests = 8;
const group = 8;
const timeoutMs = 120_000;

/**
 * Tokens a second of the embedded engine on prompts like a campaign's: eight requests of eight answers at a time, prompts
 * included. Takes some seconds. `speak` makes the prompt of each request.
 */
export const measureEngineSpeed = async (
  { baseUrl, model, maxTokens }: { baseUrl: string; model: string; maxTokens: number },
  speak: (request: number) => ChatMessage[],
): Promise<number> => {
  const client = createOpenAiClient({ baseUrl, apiKey: undefined, concurrency: requests, timeoutMs });
  const startedMs = performance.now();
  const answers = await Promise.all(
    Array.from({ length: requests }, (_, at) =>
      client.complete({
        model,
        seed: at,
        idempotencyKey: `speed-${at}`,
        group: {
          modelDigest: model,
          messages: speak(at),
          sampling: { temperature: 0.8, topP: 0.95, maxTokens, stop: [] },
          campaignSeed: '0',
          taskId: `speed-${at}`,
          firstIndex: 0,
          count: group,
        },
      }),
    ),
  );
  const counts = answers.flatMap(({ choices }) =>
    choices.map((choice) => ('refused' in choice ? 0 : choice.completionTokens)),
  );
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - startedMs) / 1000);
};
