import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { fullDisk } from '../../fakes/full-disk.js';

const disk = await fullDisk(jest.unstable_mockModule);
const { openStorage } = await import('../../../adapters/store/open-storage.js');
const { openSpendBook } = await import('../../../adapters/store/spend-book.js');
const { openEventLog } = await import('../../../adapters/audit/event-log.js');
const { refuseWithoutRoom } = await import('../../../adapters/store/full-disk.js');
const { digestOf } = await import('../../../core/hash/digest.js');

const request = (taskId: string) => ({
  modelDigest: 'm1',
  messages: [{ role: 'user' as const, content: 'fix it' }],
  sampling: { temperature: 0.8, topP: 0.95, maxTokens: 100, stop: [] },
  campaignSeed: '1',
  taskId,
  firstIndex: 0,
  count: 1,
});
const answer = {
  completions: [{ text: 'a', finishReason: 'stop' as const, completionTokens: 3 }],
  promptTokens: 9,
};
const rows = Buffer.from('{"taskId":"t","index":0}\n'.repeat(1000));
const signer = {
  sign: async (payloadType: string, payload: Uint8Array) => ({
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [{ keyid: 'k', sig: 'cw==' }],
  }),
  keyId: async () => 'k',
};

/** All that a campaign writes as it goes, each part safe to do again. */
const write = async (dir: string): Promise<void> => {
  const { store, ledger, requests, manifests, kept, eventFiles } = openStorage(dir);
  const group = request('t');
  const key = ledger.keyOf(group);
  await requests.sent('c', key);
  await ledger.record(group, answer);
  await ledger.recordPartial(request('u'), { completions: [null], promptTokens: 9 });
  await openSpendBook(join(dir, 'campaigns')).paid('c', key, { promptTokens: 9, completionTokens: 3 });
  await requests.settled('c', key);
  const object = await store.put('hello');
  await store.putBulk(rows);
  await store.putFile(import.meta.filename);
  await kept.add('c', object);
  const event = { id: 'one', kind: 'paused' as const, by: 'me', summary: 'lunch', at: '2026-01-01T00:00:00.000Z' };
  await openEventLog(eventFiles, signer).append('c', event);
  await manifests.append('c', { kind: 'base', round: 0, manifest: digestOf('manifest') });
};

const filesOf = (dir: string): string[] =>
  !existsSync(dir)
    ? []
    : (readdirSync(dir, { recursive: true }) as string[]).filter((name) => statSync(join(dir, name)).isFile()).sort();

const isWhole = async (dir: string, name: string): Promise<boolean> => {
  const object = /^store\/sha256\/(..)\/(.{62})$/.exec(name);
  if (object) return (await openStorage(dir).store.get(`sha256:${object[1]}${object[2]}`)) !== undefined;
  if (name.endsWith('.json')) return JSON.parse(readFileSync(join(dir, name), 'utf8')) !== undefined;
  return !name.endsWith('.tmp') && !name.startsWith('store/tmp/');
};

describe('a disk that is full at any write', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-full-'));
  });
  afterEach(() => {
    disk.fillAt(undefined);
    rmSync(dir, { recursive: true });
  });

  it('fails as something to try again, tears no file, and goes on to the same files once there is room', async () => {
    const calm = join(dir, 'calm');
    disk.fillAt(undefined);
    await write(calm);
    const writes = disk.writes();
    expect(writes).toBeGreaterThan(20);
    for (let at = 1; at <= writes; at++) {
      const tried = join(dir, String(at));
      disk.fillAt(at);
      await expect(write(tried)).rejects.toMatchObject({
        kind: 'storeUnavailable',
        message: expect.stringMatching(/^no space left on the disk to write .+: make room; it goes on by itself then$/),
      });
      disk.fillAt(undefined);
      for (const name of filesOf(tried)) expect([at, name, await isWhole(tried, name)]).toEqual([at, name, true]);
      await write(tried);
      const lasting = (name: string): boolean => !name.includes('/requests/');
      expect(filesOf(tried).filter(lasting)).toEqual(filesOf(calm).filter(lasting));
      expect(await openSpendBook(join(tried, 'campaigns')).total('c')).toEqual({
        requests: 1,
        promptTokens: 9,
        completionTokens: 3,
      });
    }
  }, 120_000);

  it('has nothing asked for whose answer might find no room', () => {
    expect(() => refuseWithoutRoom(dir)).not.toThrow();
    expect(() => refuseWithoutRoom(dir, Number.MAX_SAFE_INTEGER)).toThrow(/no space left on the disk/);
    expect(() => refuseWithoutRoom(join(dir, 'not there yet'))).not.toThrow();
  });
});
