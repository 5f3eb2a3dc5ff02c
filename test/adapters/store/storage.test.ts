import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Signer } from '../../../activities/ports.js';
import { openEventLog } from '../../../adapters/audit/event-log.js';
import { openSigner } from '../../../adapters/audit/signer.js';
import { openStorage, type Storage } from '../../../adapters/store/open-storage.js';
import type { NewEvent } from '../../../contract/event.js';
import { digestOf } from '../../../core/hash/digest.js';
import { groupRequest } from '../../fakes/group.js';
import { type S3Server, startS3Server } from '../../fakes/s3-server.js';

const request = groupRequest({ modelDigest: 'm1' });
const answer = (text: string) => ({
  completions: [{ text, finishReason: 'stop' as const, completionTokens: 3 }],
  promptTokens: 9,
});
const paidOnce = { promptTokens: 9, completionTokens: 3 };
const pause = (id: string): NewEvent => ({ id, kind: 'paused', by: 'ada', summary: `paused (${id})` });
const entry = (round: number) => ({ kind: 'round' as const, round, manifest: digestOf(`manifest ${round}`) });

let server: S3Server;
let dir: string;
let used = 0;
beforeAll(async () => {
  server = await startS3Server();
}, 300_000);
afterAll(() => server.stop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-storage-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Two machines' views of one new storage. */
const storages: Record<string, () => Promise<[Storage, Storage]>> = {
  'a folder': async () => [openStorage(dir), openStorage(dir)],
  'an S3-compatible service': async () => {
    const location = server.location(`contract-${used++}`);
    return [openStorage(dir, location), openStorage(join(dir, 'other'), location)];
  },
};

describe.each(Object.entries(storages))('storage in %s', (_, open) => {
  it('keeps one events log of two machines with one key: each event once, under a signed head of each size', async () => {
    const [here, there] = await open();
    const logs = [here, there].map(({ eventFiles }) => openEventLog(eventFiles, openSigner(dir)));
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    // The middle ones are written by both.
    const shares = [ids.slice(0, 4), ids.slice(2)];
    await Promise.all(logs.flatMap((log, at) => (shares[at] ?? []).map((id) => log.append('c', pause(id)))));
    for (const log of logs) expect((await log.list('c')).map(({ id }) => id).sort()).toEqual(ids);
    const heads = ids.map((_id, at) => `0000000${at + 1}.json`);
    expect(await there.eventFiles.list('c', 'heads')).toEqual(heads);
  }, 300_000);

  it('gives an object back by its digest, to whoever shares the storage', async () => {
    const [here, there] = await open();
    const digest = await here.store.put('hello');
    expect(digest).toBe(digestOf('hello'));
    expect(await here.store.put('hello')).toBe(digest);
    expect((await there.store.get(digest)).toString()).toBe('hello');
    expect(await there.store.has(digest)).toBe(true);
    expect(await there.store.has(digestOf('never'))).toBe(false);
  });

  it('gives bulk rows back as they were, and takes them for the same object as their bytes', async () => {
    const [here, there] = await open();
    const rows = Buffer.from('{"taskId":"t","index":0}\n'.repeat(1000));
    const digest = await here.store.putBulk(rows);
    expect(digest).toBe(digestOf(rows));
    expect(await here.store.put(rows)).toBe(digest);
    expect(await there.store.get(digest)).toEqual(rows);
  });

  it('takes a file as the same object as its bytes', async () => {
    const [here, there] = await open();
    const bytes = Buffer.alloc(300_000, 7);
    await writeFile(join(dir, 'source.bin'), bytes);
    const digest = await here.store.putFile(join(dir, 'source.bin'));
    expect(digest).toBe(digestOf(bytes));
    expect((await there.store.get(digest)).equals(bytes)).toBe(true);
  });

  it('names an object that is gone', async () => {
    const [here] = await open();
    await expect(here.store.get(digestOf('never'))).rejects.toMatchObject({ kind: 'storeCorrupt' });
  });

  it('gives back a recorded group, and nothing for another key', async () => {
    const [here, there] = await open();
    expect(await there.ledger.read(request)).toBeUndefined();
    await here.ledger.record(request, answer('a'));
    expect(await there.ledger.read(request)).toMatchObject(answer('a'));
    expect(await there.ledger.read({ ...request, taskId: 'u' })).toBeUndefined();
  });

  it('keeps one record of those that many write at once, and gives it to all', async () => {
    const [here, there] = await open();
    const writers = Array.from({ length: 10 }, (_, at) => (at % 2 ? here : there));
    const records = await Promise.all(writers.map(({ ledger }, at) => ledger.record(request, answer(`writer ${at}`))));
    const texts = new Set(records.map(({ completions }) => completions[0]?.text));
    expect(texts.size).toBe(1);
    expect((await here.ledger.read(request))?.completions[0]?.text).toBe([...texts][0]);
  }, 300_000);

  it('keeps what came of a group in part apart from a whole one', async () => {
    const [here, there] = await open();
    const completions = [null, ...answer('b').completions];
    await here.ledger.recordPartial({ ...request, count: 2 }, { completions, promptTokens: 9 });
    expect(await there.ledger.readPartial({ ...request, count: 2 })).toMatchObject({ completions });
    expect(await there.ledger.read({ ...request, count: 2 })).toBeUndefined();
  });

  it('counts requests that are out, and those asked again', async () => {
    const [here, there] = await open();
    const key = here.ledger.keyOf(request);
    await here.requests.sent('c', key);
    expect(await there.requests.count('c')).toEqual({ unsettled: 1, askedAgain: 0 });
    await there.requests.sent('c', key);
    await there.requests.settled('c', key);
    expect(await here.requests.count('c')).toEqual({ unsettled: 0, askedAgain: 1 });
    expect(await here.requests.count('another')).toEqual({ unsettled: 0, askedAgain: 0 });
  });

  it('sums what machines were paid, once each has shared it, however often it tells', async () => {
    const [here, there] = await open();
    expect(await here.spend.total('c')).toEqual({ requests: 0, promptTokens: 0, completionTokens: 0 });
    for (const key of ['a', 'b', 'a']) await here.spend.paid('c', digestOf(key), paidOnce);
    expect(await here.spend.total('c')).toEqual({ requests: 2, promptTokens: 18, completionTokens: 6 });
    await here.spend.share('c');
    await there.spend.paid('c', digestOf('c'), paidOnce);
    await Promise.all([there, there, here].map(({ spend }) => spend.share('c')));
    for (const { spend } of [here, there])
      expect(await spend.total('c')).toEqual({ requests: 3, promptTokens: 27, completionTokens: 9 });
    await here.spend.paid('c', digestOf('d'), paidOnce);
    await here.spend.share('c');
    expect(await there.spend.total('c')).toMatchObject({ requests: 4 });
    expect(await there.spend.total('another')).toMatchObject({ requests: 0 });
  });

  it('lists what is kept for a retry, each once, by campaign', async () => {
    const [here, there] = await open();
    const [one, other] = [digestOf('one'), digestOf('other')];
    for (const object of [one, other, one]) await here.kept.add('c', object);
    expect((await there.kept.list('c')).sort()).toEqual([one, other].sort());
    expect(await there.kept.list('d')).toEqual([]);
  });

  it('lists manifests in the order they were sealed, each once', async () => {
    const [here, there] = await open();
    for (const round of [0, 1, 1, 2]) await here.manifests.append('c', entry(round));
    await there.manifests.append('d', entry(0));
    expect(await there.manifests.list('c')).toEqual([entry(0), entry(1), entry(2)]);
    expect((await here.manifests.campaigns()).sort()).toEqual(['c', 'd']);
    expect(await here.manifests.list('none')).toEqual([]);
  });
});

it('says which service does not answer, and that a retry may help', async () => {
  const nowhere = openStorage(dir, { bucket: 'gone', prefix: '', endpoint: 'http://127.0.0.1:1', region: 'us-east-1' });
  await expect(nowhere.store.put('x')).rejects.toMatchObject({
    kind: 'storeUnavailable',
    message: expect.stringContaining('s3://gone/store/sha256/'),
  });
});

it('says that a bucket is missing', async () => {
  const nowhere = openStorage(dir, {
    bucket: 'no-such-bucket',
    prefix: '',
    endpoint: server.endpoint,
    region: 'us-east-1',
  });
  await expect(nowhere.store.put('x')).rejects.toMatchObject({
    kind: 'storeUnavailable',
    message: expect.stringContaining('NoSuchBucket'),
  });
  const missing = { kind: 'storeUnavailable', message: expect.stringContaining('NoSuchBucket') };
  await expect(nowhere.store.get(digestOf('x'))).rejects.toMatchObject(missing);
  await expect(nowhere.manifests.list('c')).rejects.toMatchObject(missing);
});

describe('an events log that machines share', () => {
  it('refuses a machine with another key before it writes: one key has to prove the whole log', async () => {
    const [here, there] = await (storages['an S3-compatible service'] as () => Promise<[Storage, Storage]>)();
    await openEventLog(here.eventFiles, openSigner(join(dir, 'here'))).append('c', pause('a'));
    const stranger = openEventLog(there.eventFiles, openSigner(join(dir, 'there')));
    await expect(stranger.append('c', pause('b'))).rejects.toMatchObject({
      kind: 'sealingFailed',
      message: expect.stringContaining('give every machine of queue control the same keys folder'),
    });
    expect(await stranger.list('c')).toHaveLength(1);
  }, 300_000);

  it('asks for one signature an event, for a command that signs may be slow, and billed', async () => {
    const [{ eventFiles }] = await (storages['an S3-compatible service'] as () => Promise<[Storage, Storage]>)();
    const signer = openSigner(dir);
    const signed: string[] = [];
    const counting: Signer = {
      ...signer,
      sign: (type, payload) => {
        signed.push(Buffer.from(payload).toString());
        return signer.sign(type, payload);
      },
    };
    const log = openEventLog(eventFiles, counting);
    for (const id of ['a', 'b', 'c', 'b']) await log.append('c', pause(id));
    expect(signed.map((head) => JSON.parse(head).size)).toEqual([1, 2, 3]);
  }, 300_000);
});
