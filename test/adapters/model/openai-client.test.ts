import { inspect } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ModelAnswer, RequestLog } from '../../../activities/ports.js';
import { createOpenAiClient } from '../../../adapters/model/openai-client.js';
import { digestOf } from '../../../core/hash/digest.js';
import { type FakeEndpoint, startFakeEndpoint, type Trouble } from '../../fakes/endpoint.js';
import { groupRequest } from '../../fakes/group.js';
import { repairTask } from '../../fakes/tasks.js';

const group = groupRequest({
  messages: [{ role: 'user', content: 'Return the sum of two numbers (p).' }],
  taskId: 'p#bug-1',
  count: 3,
});

describe('the OpenAI client', () => {
  let endpoint: FakeEndpoint;
  const ask = (timeoutMs = 60_000, signal?: AbortSignal) =>
    createOpenAiClient({ baseUrl: endpoint.baseUrl, apiKey: undefined, concurrency: 4, timeoutMs }).complete(
      {
        model: 'fake',
        group,
        seed: 5,
        idempotencyKey: 'key-5',
      },
      signal && { signal },
    );
  const tokensOf = ({ choices }: ModelAnswer): number[] =>
    choices.map((choice) => ('text' in choice ? choice.completionTokens : Number.NaN));
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
    const answer = await ask();
    expect(answer.choices).toHaveLength(3);
    expect(answer.promptTokens).toBeGreaterThan(0);
    expect(tokensOf(answer).reduce((sum, count) => sum + count, 0)).toBe(30);
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
    ['404 is a model that is not there', answering(404, '{}'), 'modelUnknown', undefined],
    ['504 is a gateway that waits no longer for what may be paid', answering(504, '{}'), 'modelSilent', undefined],
    ['a page of HTML is no answer', answering(200, '<html>'), 'modelProtocol', undefined],
    ['half an answer is no answer', answering(200, '{"choices": [{"ind'), 'modelProtocol', undefined],
    ['an answer without choices is none', answering(200, '{}'), 'modelProtocol', undefined],
    [
      'one choice twice is no answer',
      answering(200, JSON.stringify({ choices: [{ index: 0 }, { index: 0 }] })),
      'modelProtocol',
      undefined,
    ],
  ])('%s', async (_, trouble, kind, retryAfterMs) => {
    endpoint.trouble = trouble;
    await expect(ask()).rejects.toMatchObject({ kind, retryAfterMs });
    expect([...endpoint.asked.values()]).toEqual([1]);
  });

  /** A machine that stands still for so long has not sent the request yet: then it gets twice the time. */
  const failureOnceAsked = async (timeoutMs: number): Promise<unknown> => {
    const failure = await ask(timeoutMs).catch((error: unknown) => error);
    return endpoint.asked.size > 0 ? failure : failureOnceAsked(2 * timeoutMs);
  };

  const half = '{"choices": [{"index": 0, "mess';
  it.each<[string, Trouble]>([
    ['a dropped connection', (_, response) => void response.destroy()],
    ['silence', () => undefined],
    ['silence after the headers', (_, response) => void response.writeHead(200).flushHeaders()],
    ['silence in the middle of a body', (_, response) => void response.writeHead(200).write(half)],
    [
      'a body that breaks off',
      (_, response) =>
        void response
          .writeHead(200, { 'content-length': 500 })
          .write(half, () => setTimeout(() => response.destroy(), 20)),
    ],
  ])('takes %s for no whole answer, which may have been paid', async (_, trouble) => {
    endpoint.trouble = (request, response) => {
      trouble(request, response);
      return 'answered';
    };
    expect(await failureOnceAsked(1000)).toMatchObject({ kind: 'modelSilent' });
    expect([...endpoint.asked.values()]).toEqual([1]);
  });

  it.each(['127.0.0.1', 'localhost', 'nowhere.invalid'])(
    'takes a connection to %s that never came about for an endpoint that is down, and that can have cost nothing',
    async (host) => {
      await endpoint.close();
      endpoint.baseUrl = endpoint.baseUrl.replace('127.0.0.1', host);
      await expect(ask()).rejects.toMatchObject({
        kind: 'modelUnavailable',
        message: expect.stringMatching(/no connection \((ECONNREFUSED|ENOTFOUND|EAI_AGAIN)\): is it up\?/),
      });
      endpoint = await startFakeEndpoint([]);
    },
  );

  it('passes an abort of its caller through', async () => {
    const caller = new AbortController();
    endpoint.trouble = () => {
      caller.abort(new Error('cancelled'));
      return 'answered';
    };
    await expect(ask(60_000, caller.signal)).rejects.toThrow('cancelled');
  });

  it('sends the key of what is asked, so that a provider may tell a repeated request', async () => {
    let sent: unknown;
    endpoint.trouble = (_, response) => {
      sent = response.req.headers['idempotency-key'];
      return undefined;
    };
    await ask();
    expect(sent).toBe('key-5');
  });

  it('sends nothing when its caller stops while the request is being noted', async () => {
    const caller = new AbortController();
    const options = { baseUrl: endpoint.baseUrl, apiKey: undefined, concurrency: 1, timeoutMs: 60_000 };
    const requests = {
      sent: () => new Promise<void>((resolve) => setImmediate(() => resolve(caller.abort(new Error('cancelled'))))),
    } as unknown as RequestLog;
    const asked = createOpenAiClient({ ...options, requests }).complete(
      { model: 'fake', group, seed: 5, idempotencyKey: 'key-5' },
      { signal: caller.signal, campaign: 'c', key: digestOf('5') },
    );
    await expect(asked).rejects.toThrow('cancelled');
    expect(endpoint.asked.size).toBe(0);
  });

  it.each(['gzip', 'br', 'deflate'] as const)('reads an answer that is sent in %s all the same', async (coding) => {
    const encode = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[coding];
    const message = { content: 'π' };
    const body = JSON.stringify({ choices: [0, 1, 2].map((index) => ({ index, finish_reason: 'stop', message })) });
    endpoint.trouble = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding }).end(encode(body));
      return 'answered';
    };
    expect((await ask()).choices[2]).toMatchObject({ text: 'π' });
  });

  it('takes a coding that is none for what it is', async () => {
    endpoint.trouble = (_, response) => {
      response.setHeader('content-encoding', 'utf-8');
      return undefined;
    };
    expect((await ask()).choices).toHaveLength(3);
  });

  it('loses no answer to a header in another script', async () => {
    endpoint.trouble = (_, response) => {
      response.setHeader('x-region', Buffer.from('東京', 'utf8').toString('latin1'));
      return undefined;
    };
    expect((await ask()).choices).toHaveLength(3);
  });

  it('asks for an answer that is not compressed, and reads one that a redirect leads to', async () => {
    const sent: unknown[] = [];
    endpoint.trouble = (_, response) => {
      const { headers } = response.req;
      sent.push([headers['accept-encoding'], headers['content-type'], headers['idempotency-key']]);
      if (sent.length > 1) return undefined;
      response.writeHead(307, { location: `${endpoint.baseUrl}/chat/completions` }).end();
      return 'answered';
    };
    expect((await ask()).choices).toHaveLength(3);
    expect(sent).toEqual(Array(2).fill(['identity', 'application/json', 'key-5']));
  });

  it('leaves out the key where the endpoint quotes it in an error', async () => {
    const apiKey = 'canary-4f1d9c7e2b';
    const quotes = [
      answering(503, JSON.stringify({ error: { message: `no such key: ${apiKey}` } })),
      answering(401, `no such key: ${apiKey}`),
    ];
    for (const trouble of quotes) {
      endpoint.trouble = trouble;
      const client = createOpenAiClient({ baseUrl: endpoint.baseUrl, apiKey, concurrency: 1, timeoutMs: 60_000 });
      const asked = client.complete({ model: 'fake', group, seed: 1, idempotencyKey: '1' });
      const error: unknown = await asked.catch((failure: unknown) => failure);
      expect((error as Error).message).toContain('no such key: [the key]');
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(apiKey);
    }
  });

  it('keeps to its limit of requests in flight, whoever asks', async () => {
    endpoint.delayMs = 20;
    let inFlight = 0;
    let most = 0;
    endpoint.trouble = () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      return undefined;
    };
    endpoint.onAnswer = () => {
      inFlight -= 1;
    };
    const client = createOpenAiClient({
      baseUrl: endpoint.baseUrl,
      apiKey: undefined,
      concurrency: 2,
      timeoutMs: 60_000,
    });
    const seeds = [1, 2, 3, 4, 5, 6];
    await Promise.all(seeds.map((seed) => client.complete({ model: 'fake', group, seed, idempotencyKey: `${seed}` })));
    expect(most).toBe(2);
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
    expect(tokensOf(await ask())).toEqual([5, 50, 7]);
  });

  it('never takes a filtered choice, or a missing one, for an answer', async () => {
    const choice = (index: number, finish_reason: string) => ({ index, finish_reason, message: { content: 'x' } });
    const choices = [choice(2, 'length'), choice(1, 'content_filter')];
    endpoint.trouble = answering(200, JSON.stringify({ choices, usage: { completion_tokens: 3 } }));
    expect((await ask()).choices).toEqual([
      { refused: 'missing' },
      { refused: 'content_filter' },
      { text: 'x', finishReason: 'length', completionTokens: 3 },
    ]);
  });
});
