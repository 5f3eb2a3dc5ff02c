import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createOpenAiHost } from '../../../adapters/model/openai-host.js';
import { openFolderStore } from '../../../adapters/store/folder-store.js';
import { type FakeEndpoint, startFakeEndpoint } from '../../fakes/endpoint.js';

describe('a model behind an endpoint', () => {
  const endpoints: FakeEndpoint[] = [];
  const endpoint = async (): Promise<FakeEndpoint> => {
    const started = await startFakeEndpoint([]);
    endpoints.push(started);
    return started;
  };
  const digestOf = async (at: FakeEndpoint, change: { name?: string; version?: string } = {}): Promise<string> => {
    const config = {
      kind: 'openai' as const,
      baseUrl: at.baseUrl,
      name: 'm',
      concurrency: 1,
      timeoutMs: 60_000,
      ...change,
    };
    const host = createOpenAiHost(config, { adaptersDir: 'none', store: openFolderStore('none'), apiKey: undefined });
    return (await host.base()).digest;
  };
  afterEach(() => Promise.all(endpoints.splice(0).map((one) => one.close())));

  it('is keyed by name and version, wherever it is served', async () => {
    const [here, there] = [await endpoint(), await endpoint()];
    const digest = await digestOf(here, { version: '1' });
    expect(await digestOf(there, { version: '1' })).toBe(digest);
    expect(await digestOf(here, { version: '2' })).not.toBe(digest);
    expect(await digestOf(here, { version: '1', name: 'n' })).not.toBe(digest);
    expect(here.asked.size).toBe(0);
  });

  it('is asked for its version where the configuration names none', async () => {
    const alias = await endpoint();
    const before = await digestOf(alias);
    alias.trouble = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ model: 'm-2026-11-01', choices: [] }));
      return 'answered';
    };
    expect(await digestOf(alias)).not.toBe(before);
    expect(await digestOf(alias)).toBe(await digestOf(alias, { version: 'm-2026-11-01' }));
  });

  it.each(['<html>hello', 'null', '{"model":"m-2"}'])(
    'takes %s for no word on its version, and asks again',
    async (body) => {
      const gateway = await endpoint();
      const digest = await digestOf(gateway);
      gateway.trouble = (_, response) => {
        response.writeHead(200, { 'content-type': body.startsWith('<') ? 'text/html' : 'application/json' }).end(body);
        return 'answered';
      };
      await expect(digestOf(gateway)).rejects.toMatchObject({ kind: 'modelProtocol' });
      gateway.trouble = undefined;
      expect(await digestOf(gateway)).toBe(digest);
    },
  );

  /** Loads an adapter at a server that answers so; what came of it. */
  const loadAt = async (status: number, body: string, apiKey?: string): Promise<unknown> => {
    const server = createServer((_, response) => void response.writeHead(status, { 'retry-after': '3' }).end(body));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const dir = await mkdtemp(join(tmpdir(), 'nextune-host-'));
    const store = openFolderStore(join(dir, 'store'));
    const tree = await store.put(JSON.stringify({ files: [] }));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const config = { kind: 'openai' as const, baseUrl, name: 'm', version: '1', concurrency: 1, timeoutMs: 60_000 };
    const deploy = createOpenAiHost(config, { adaptersDir: join(dir, 'adapters'), store, apiKey }).deploy({ tree });
    const outcome: unknown = await deploy.catch((failure: unknown) => failure);
    server.close();
    server.closeAllConnections();
    await rm(dir, { recursive: true });
    return outcome;
  };

  it('is told of a failed load without the key, though the server quotes it', async () => {
    const apiKey = 'canary-4f1d9c7e2b';
    const error = await loadAt(401, `no such key: ${apiKey}`, apiKey);
    expect((error as Error).message).toMatch(/401 to loading .*: no such key: \[the key\]/);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(apiKey);
  });

  it.each([
    [429, 'modelRateLimited'],
    [408, 'modelUnavailable'],
    [503, 'modelUnavailable'],
    [404, 'modelRefused'],
    [403, 'modelRefused'],
  ])('that answers %d to a load fails as %s, with the wait it asks for', async (status, kind) => {
    expect(await loadAt(status, 'no')).toMatchObject({ kind, retryAfterMs: 3000 });
  });

  it('that has loaded an adapter before is as good', async () => {
    expect(await loadAt(400, 'The lora adapter has already been loaded.')).toMatchObject({
      model: expect.stringMatching(/^nextune-/),
    });
  });
});
