import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelClient } from '../../../activities/ports.js';
import { createOpenAiClient } from '../../../adapters/model/openai-client.js';
import { type Asker, startAsker } from '../../../adapters/model/thread/asker.js';
import { openThreadedClients, type ThreadedClients } from '../../../adapters/model/thread/client.js';
import { openFolderRequests } from '../../../adapters/store/folder-requests.js';
import { digestOf } from '../../../core/hash/digest.js';
import { type FakeEndpoint, startFakeEndpoint } from '../../fakes/endpoint.js';
import { groupRequest } from '../../fakes/group.js';
import { repairTask } from '../../fakes/tasks.js';
import { eventually } from '../supervisor/eventually.js';

const group = groupRequest({
  messages: [{ role: 'user', content: 'Return the sum of two numbers (p).' }],
  taskId: 'p#bug-1',
  count: 3,
});
const request = (seed = 5) => ({ model: 'fake', group, seed, idempotencyKey: `key-${seed}` });

describe('a client whose requests go out from a thread of their own', () => {
  const campaignsDir = mkdtempSync(join(tmpdir(), 'nextune-thread-'));
  let endpoint: FakeEndpoint;
  let clients: ThreadedClients;
  const optionsOf = () => ({ baseUrl: endpoint.baseUrl, apiKey: undefined, concurrency: 2, timeoutMs: 60_000 });
  const client = (): ModelClient => clients.open(optionsOf());
  beforeEach(async () => {
    endpoint = await startFakeEndpoint([repairTask('p')]);
    clients = openThreadedClients({ campaignsDir, s3: undefined }, () => undefined);
  });
  afterEach(async () => {
    await clients.close();
    await endpoint.close();
  });
  afterAll(() => rmSync(campaignsDir, { recursive: true }));

  it('gives what the client itself gives', async () => {
    const answer = await client().complete(request());
    expect(answer.choices).toHaveLength(3);
    expect(answer).toEqual(await createOpenAiClient(optionsOf()).complete(request()));
  });

  it('hands on what a failure means for its retry', async () => {
    endpoint.trouble = (_, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end('{}');
      return 'answered';
    };
    await expect(client().complete(request())).rejects.toMatchObject({
      kind: 'modelRateLimited',
      retryAfterMs: 7000,
      message: expect.stringContaining(endpoint.baseUrl),
    });
  });

  it('lets go of a request when its caller stops, with the reason', async () => {
    const caller = new AbortController();
    let letGo = false;
    endpoint.trouble = (_, response) => {
      response.on('close', () => {
        letGo = true;
      });
      caller.abort(new Error('cancelled'));
      return 'answered';
    };
    await expect(client().complete(request(), { signal: caller.signal })).rejects.toThrow('cancelled');
    await eventually('the endpoint sees it end', () => letGo);
  });

  it('notes a request as sent when its turn has come, and not before', async () => {
    const requests = openFolderRequests(campaignsDir);
    const held: (() => void)[] = [];
    endpoint.trouble = (_, response) => {
      held.push(() => response.writeHead(500).end('{}'));
      return 'answered';
    };
    const limited = client();
    const asked = [1, 2, 3].map((seed) =>
      limited.complete(request(seed), { campaign: 'c', key: digestOf(`${seed}`) }).catch(() => undefined),
    );
    await eventually('two are out', () => held.length === 2);
    expect(await requests.count('c')).toMatchObject({ unsettled: 2 });
    held[0]?.();
    await eventually('the third is out', () => held.length === 3);
    expect(await requests.isOut('c', digestOf('3'))).toBe(true);
    for (const answer of held.slice(1)) answer();
    await Promise.all(asked);
  });

  it('holds an endpoint of impossible settings to be none, and asks the others on', async () => {
    const impossible = clients.open({ ...optionsOf(), concurrency: 0 });
    await expect(impossible.complete(request())).rejects.toMatchObject({ kind: 'configInvalid' });
    expect((await client().complete(request())).choices).toHaveLength(3);
  });

  it('fails what waits for a thread that ended as what may have been paid, and asks again from another', async () => {
    const threads: Asker[] = [];
    clients = openThreadedClients(
      { campaignsDir, s3: undefined },
      () => undefined,
      (...args) => {
        const thread = startAsker(...args);
        threads.push(thread);
        return thread;
      },
    );
    const again = client();
    let reached = false;
    endpoint.trouble = () => {
      reached = true;
      return 'answered';
    };
    const lost = again.complete(request()).catch((error: unknown) => error);
    await eventually('the request is out', () => reached);
    await threads[0]?.close();
    expect(await lost).toMatchObject({ kind: 'modelSilent' });
    endpoint.trouble = undefined;
    expect((await again.complete(request())).choices).toHaveLength(3);
    expect(threads).toHaveLength(2);
  });

  it('asks for nothing once it is closed, and starts no thread', async () => {
    let threads = 0;
    const closing = openThreadedClients(
      { campaignsDir, s3: undefined },
      () => undefined,
      (...args) => {
        threads++;
        return startAsker(...args);
      },
    );
    const asked = closing.open(optionsOf());
    await closing.close();
    for (const late of [asked, closing.open(optionsOf())])
      await expect(late.complete(request())).rejects.toMatchObject({ kind: 'modelUnavailable' });
    expect(endpoint.asked.size).toBe(0);
    expect(threads).toBe(1);
  });

  it('tells a thread that does not start, which has asked for nothing, from one that ended', async () => {
    const deaths: string[] = [];
    const broken = openThreadedClients(null as never, ({ message }) => deaths.push(message));
    await expect(broken.open(optionsOf()).complete(request())).rejects.toMatchObject({ kind: 'modelUnavailable' });
    expect(deaths).toEqual([expect.stringContaining('the thread that asks models did not start')]);
    expect(endpoint.asked.size).toBe(0);
  });
});
