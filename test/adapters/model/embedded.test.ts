import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../../activities/ports.js';
import { createEmbeddedHost } from '../../../adapters/model/embedded.js';
import { embeddedEngineCommand, engineHealth } from '../../../adapters/model/embedded-engine.js';
import { openFolderStore } from '../../../adapters/store/folder-store.js';
import { digestOfValue } from '../../../core/hash/digest.js';

const health = {
  ready: true,
  model: 'smollm2-135m-instruct',
  digest: `sha256:${'a'.repeat(64)}`,
  rate: null,
  totalTokens: 0,
  device: 'cpu',
  precision: 'fp32',
  threads: 2,
  waiting: 0,
  running: 0,
};

let server: Server;
let baseUrl: string;
let answer: unknown = health;
let stateDir: string;
let store: ObjectStore;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === '/health' ? 200 : 404;
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(async () => {
  answer = health;
  stateDir = await mkdtemp(join(tmpdir(), 'nextune-embedded-'));
  store = openFolderStore(join(stateDir, 'store'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const storedAdapter = async (weights: string) => {
  const digest = await store.put(weights);
  const files = [{ path: 'adapter_model.safetensors', digest, bytes: weights.length }];
  return { tree: await store.put(JSON.stringify({ files })) };
};

it('names the model that the engine says it serves', async () => {
  const host = createEmbeddedHost({ stateDir, baseUrl, store });
  expect(await host.base()).toEqual({ model: health.model, digest: health.digest });
});

it('places an adapter where the engine looks, once, under a name made of its digest', async () => {
  const host = createEmbeddedHost({ stateDir, baseUrl, store });
  const adapter = await storedAdapter('weights');
  const placed = await host.deploy(adapter);
  expect(placed.model).toBe(`nextune-${adapter.tree.slice(7, 19)}`);
  expect(await host.deploy(adapter)).toEqual(placed);
  const file = join(stateDir, 'adapters', placed.model, 'adapter_model.safetensors');
  expect(await readFile(file, 'utf8')).toBe('weights');
});

it('lays an adapter out again whose files are no longer its own', async () => {
  const host = createEmbeddedHost({ stateDir, baseUrl, store });
  const adapter = await storedAdapter('weights');
  const dir = join(stateDir, 'adapters', (await host.deploy(adapter)).model);
  const file = join(dir, 'adapter_model.safetensors');
  const spoilt = [() => writeFile(file, 'weightz'), () => writeFile(join(dir, 'more'), ''), () => rm(file)];
  for (const spoil of spoilt) {
    await spoil();
    await host.deploy(adapter);
    expect(await readdir(dir)).toEqual(['adapter_model.safetensors']);
    expect(await readFile(file, 'utf8')).toBe('weights');
  }
  expect(await readdir(join(stateDir, 'adapters'))).toHaveLength(1);
});

it('gives a tuned model a digest of base and adapter, so that either changes it', async () => {
  const host = createEmbeddedHost({ stateDir, baseUrl, store });
  const adapter = await storedAdapter('weights');
  const first = await host.deploy(adapter);
  expect(first.digest).toBe(digestOfValue({ base: health.digest, tree: adapter.tree }));
  answer = { ...health, digest: `sha256:${'b'.repeat(64)}` };
  expect((await host.deploy(adapter)).digest).not.toBe(first.digest);
});

it('calls an engine that does not answer unavailable, and says what starts it', async () => {
  const host = createEmbeddedHost({ stateDir, baseUrl: 'http://127.0.0.1:1/v1', store });
  await expect(host.base()).rejects.toMatchObject({
    kind: 'modelUnavailable',
    message: expect.stringContaining('nextune up'),
  });
});

it('takes a port on which something else answers for no engine', async () => {
  answer = { hello: 'world' };
  expect(await engineHealth(baseUrl)).toBeUndefined();
});

it('starts the engine over the state folder with the given port and threads, and without keys of the environment', () => {
  process.env.NEXTUNE_TEST_API_KEY = 'secret';
  const { args, env } = embeddedEngineCommand({ stateDir: '/state', port: 7001, threads: 3 });
  expect(args.join(' ')).toContain(
    '--base /state/models/smollm2-135m-instruct --adapters /state/adapters --port 7001 --threads 3',
  );
  expect(Object.values(env)).not.toContain('secret');
  expect(env.PYTHONPATH).toMatch(/python$/);
});
