import { createOpenAiClient } from '../../../adapters/model/openai-client.js';
import type { GroupRequest } from '../../../contract/completion.js';
import { type FakeEndpoint, startFakeEndpoint, type Trouble } from '../../fakes/endpoint.js';
import { repairTask } from '../../fakes/tasks.js';

const group: GroupRequest = {
  modelDigest: 'm',
  messages: [{ role: 'user', content: 'Return the sum of two numbers (p).' }],
  sampling: { temperature: 0.8, topP: 0.95, maxTokens: 100, stop: [] },
  campaignSeed: '1',
  taskId: 'p#bug-1',
  firstIndex: 0,
  count: 3,
};

describe('the OpenAI client', () => {
  let endpoint: FakeEndpoint;
  const ask = (timeoutMs = 5000) =>
    createOpenAiClient({ baseUrl: endpoint.baseUrl, apiKey: undefined, concurrency: 4, timeoutMs }).complete({
      model: 'fake',
      group,
      seed: 5,
    });
  const answering =
    (status: number, body: string, headers: Record<string, string> = {}): Trouble =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
      return 'answered';
    };
  beforeEach(async () => {
    endpoint = await startFakeEndpoint([repairTask('p')]);
  });
  afterEach(() => endpoint.close());

  it('asks for a whole group in one request, with seed and limits', async () => {
    const { completions, promptTokens } = await ask();
    expect(completions).toHaveLength(3);
    expect(promptTokens).toBeGreaterThan(0);
    expect(completions.reduce((sum, { completionTokens }) => sum + completionTokens, 0)).toBe(30);
    const [body] = [...endpoint.asked.keys()].map((text) => JSON.parse(text));
    expect(body).toMatchObject({ model: 'fake', n: 3, seed: 5, temperature: 0.8, top_p: 0.95, max_tokens: 100 });
  });

  it.each([
    [
      '429 is a rate limit, with its retry-after',
      answering(429, '{}', { 'retry-after': '7' }),
      'modelRateLimited',
      7000,
    ],
    ['500 is an endpoint in trouble', answering(500, '{}'), 'modelUnavailable', undefined],
    [
      '401 is a refusal that no retry mends',
      answering(401, '{"error":{"message":"bad key"}}'),
      'modelRefused',
      undefined,
    ],
    ['404 is a refusal that no retry mends', answering(404, '{}'), 'modelRefused', undefined],
    ['a page of HTML is no answer', answering(200, '<html>'), 'modelProtocol', undefined],
    ['half an answer is no answer', answering(200, '{"choices": [{"ind'), 'modelProtocol', undefined],
    ['an answer without choices is none', answering(200, '{}'), 'modelProtocol', undefined],
  ])('%s', async (_, trouble, kind, retryAfterMs) => {
    endpoint.trouble = trouble;
    await expect(ask()).rejects.toMatchObject({ kind, retryAfterMs });
    expect([...endpoint.asked.values()]).toEqual([1]);
  });

  it('takes a dropped connection for an endpoint in trouble', async () => {
    endpoint.trouble = (_, response) => {
      response.destroy();
      return 'answered';
    };
    await expect(ask()).rejects.toMatchObject({ kind: 'modelUnavailable' });
  });

  it('takes silence beyond its limit for an endpoint in trouble', async () => {
    endpoint.trouble = () => 'answered';
    await expect(ask(100)).rejects.toMatchObject({ kind: 'modelUnavailable' });
  });

  it("takes a choice's own count of tokens where the endpoint gives one", async () => {
    const choice = (index: number, completion_tokens: number) => ({
      index,
      finish_reason: 'stop',
      message: { content: 'same' },
      completion_tokens,
    });
    const body = { choices: [choice(0, 5), choice(1, 50), choice(2, 7)], usage: { completion_tokens: 62 } };
    endpoint.trouble = answering(200, JSON.stringify(body));
    const { completions } = await ask();
    expect(completions.map(({ completionTokens }) => completionTokens)).toEqual([5, 50, 7]);
  });

  it('never takes a filtered choice for an answer', async () => {
    const choice = (index: number, finish_reason: string) => ({ index, finish_reason, message: { content: 'x' } });
    const choices = [choice(0, 'stop'), choice(1, 'content_filter'), choice(2, 'length')];
    endpoint.trouble = answering(200, JSON.stringify({ choices }));
    await expect(ask()).rejects.toMatchObject({
      kind: 'modelProtocol',
      message: expect.stringContaining('content_filter'),
    });
  });
});
