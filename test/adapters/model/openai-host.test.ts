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
      timeoutMs: 5000,
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
});
