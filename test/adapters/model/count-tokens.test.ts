import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { countTokens } from '../../../adapters/model/count-tokens.js';

/** Answers every request with a status and a body; keeps what it was asked. */
const withServer = async <T>(
  status: number,
  body: unknown,
  use: (baseUrl: string, asked: { url: string; body: unknown; key: string | undefined }[]) => Promise<T>,
): Promise<T> => {
  const asked: { url: string; body: unknown; key: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    asked.push({ url: request.url ?? '', body: JSON.parse(text), key: request.headers.authorization });
    response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
};
const count = (baseUrl: string): Promise<number> =>
  countTokens({ baseUrl, apiKey: 'secret', timeoutMs: 60_000 }, { model: 'm', text: 'a b' });

describe("the served model's tokenizer", () => {
  test('is asked beside /v1, in the words of vLLM and of llama.cpp, with the key', async () => {
    await withServer(200, { count: 2 }, async (baseUrl, asked) => {
      expect(await count(baseUrl)).toBe(2);
      const body = { model: 'm', prompt: 'a b', content: 'a b', add_special_tokens: false };
      expect(asked).toEqual([{ url: '/tokenize', body, key: 'Bearer secret' }]);
    });
  });
  test('may list the tokens alone', async () => {
    await withServer(200, { tokens: [5, 6, 7] }, async (baseUrl) => expect(await count(baseUrl)).toBe(3));
  });
  test.each([
    [404, 'modelRefused', 'traceMaxChars'],
    [200, 'modelRefused', 'traceMaxChars'],
    [503, 'modelUnavailable', '503'],
    [504, 'modelUnavailable', '504'],
    [408, 'modelUnavailable', '408'],
    [429, 'modelRateLimited', '429'],
  ])('an endpoint that answers %d without a count is a failure: %s', async (status, kind, said) => {
    await withServer(status, {}, async (baseUrl) => {
      await expect(count(baseUrl)).rejects.toMatchObject({ kind, message: expect.stringContaining(said) });
    });
  });
  test.each([
    ['a page of HTML', '<html>', undefined, 'modelProtocol'],
    ['a body that breaks off', '{"cou', '500', 'modelUnavailable'],
  ])('%s is trouble that passes, not an endpoint that can not count', async (_, body, length, kind) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { Connection: 'close', ...(length && { 'content-length': length }) });
      response.write(body, () => setTimeout(() => response.destroy(), 20));
      if (!length) response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(count(`http://127.0.0.1:${port}/v1`)).rejects.toMatchObject({ kind });
    await new Promise((resolve) => server.close(resolve));
  });
});
