import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { ObjectStore } from '../../activities/ports.js';
import { createEmbeddedHost } from '../../adapters/model/embedded.js';
import { embeddedEngineCommand, embeddedModelDir, engineHealth } from '../../adapters/model/embedded-engine.js';
import { createOpenAiClient } from '../../adapters/model/openai-client.js';
import { resourcePath } from '../../adapters/paths.js';
import { openFolderStore } from '../../adapters/store/folder-store.js';
import { randomAdapter } from './engine-adapter.js';

jest.setTimeout(300_000);

let stateDir: string;
let store: ObjectStore;
let child: ChildProcessByStdio<Writable, Readable, null>;
let baseUrl: string;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'nextune-engine-'));
  store = openFolderStore(join(stateDir, 'store'));
  await mkdir(dirname(embeddedModelDir(stateDir)), { recursive: true });
  // The Python tests use the same folder: half a gigabyte is written once in a clone.
  const shared = resourcePath('.bootstrap', 'base-model');
  const { command, args, env } = embeddedEngineCommand({ stateDir, port: 0, threads: 2 });
  await promisify(execFile)(command, ['-m', 'nextune_model.base', '--out', shared], { env });
  await symlink(shared, embeddedModelDir(stateDir));
  child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  baseUrl = (JSON.parse(line) as { listening: string }).listening;
}, 300_000);

afterAll(async () => {
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  await rm(stateDir, { recursive: true, force: true });
});

const client = () => createOpenAiClient({ baseUrl, apiKey: undefined, concurrency: 4, timeoutMs: 300_000 });

const request = (model: string, change: { maxTokens?: number; content?: string; count?: number } = {}) => ({
  model,
  seed: 5,
  idempotencyKey: 'fruits-5',
  group: {
    modelDigest: 'any',
    messages: [{ role: 'user' as const, content: change.content ?? 'Name three fruits.' }],
    sampling: { temperature: 0.8, topP: 0.95, maxTokens: change.maxTokens ?? 8, stop: [] },
    campaignSeed: '1',
    taskId: 'fruits',
    firstIndex: 0,
    count: change.count ?? 2,
  },
});

it('answers a group through the same client as any other endpoint, and counts its tokens', async () => {
  const answer = await client().complete(request('smollm2-135m-instruct', { count: 3 }));
  expect(answer.choices).toHaveLength(3);
  const tokens = answer.choices.map((choice) => ('text' in choice ? choice.completionTokens : Number.NaN));
  expect(tokens.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(24);
  expect(answer.promptTokens).toBeGreaterThan(10);
});

it('gives the same group the same answers', async () => {
  const group = request('smollm2-135m-instruct');
  expect(await client().complete(group)).toEqual(await client().complete(group));
});

it('serves an adapter from the store beside the base, each with its own answers', async () => {
  const host = createEmbeddedHost({ stateDir, baseUrl, store });
  const base = await host.base();
  const before = await client().complete(request(base.model));
  const tree = await randomAdapter(store);
  const tuned = await host.deploy({ tree });
  const ofTuned = await client().complete(request(tuned.model));
  expect(ofTuned.choices).not.toEqual(before.choices);
  expect([before.baseDigest, ofTuned.baseDigest]).toEqual([base.digest, base.digest]);
  expect([before.adapterDigest, ofTuned.adapterDigest]).toEqual([undefined, tree]);
  expect(await client().complete(request(base.model))).toEqual(before);
});

it('refuses a model that was never placed, without a retry', async () => {
  await expect(client().complete(request('nextune-000000000000'))).rejects.toMatchObject({
    kind: 'modelUnknown',
    message: expect.stringContaining('nextune-000000000000'),
  });
});

it('refuses a prompt beyond the context, without a retry', async () => {
  const content = 'word '.repeat(9000);
  await expect(client().complete(request('smollm2-135m-instruct', { content }))).rejects.toMatchObject({
    kind: 'modelRefused',
    message: expect.stringContaining('8192'),
  });
});

it('stops working on a request whose caller gave up', async () => {
  const caller = new AbortController();
  const asked = client().complete(request('smollm2-135m-instruct', { maxTokens: 4000 }), { signal: caller.signal });
  const failed = expect(asked).rejects.toThrow();
  await running((count) => count > 0);
  caller.abort();
  await failed;
  await running((count) => count === 0);
});

const running = async (holds: (count: number) => boolean): Promise<void> => {
  for (;;) {
    const health = await engineHealth(baseUrl, 30_000);
    if (health && holds(health.running)) return;
  }
};
