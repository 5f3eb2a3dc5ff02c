import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { objectPath, openFolderStore } from '../../../adapters/store/folder-store.js';
import { digestOf } from '../../../core/hash/digest.js';

describe('the folder store', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nextune-store-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('names objects by their content and gives it back', async () => {
    const store = openFolderStore(dir);
    const digest = await store.put('hello');
    // RFC 6234's SHA-256, by sha256sum of the five bytes.
    expect(digest).toBe('sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect((await store.get(digest)).toString()).toBe('hello');
    expect(await store.has(digest)).toBe(true);
  });

  it('takes a file as the same object as its bytes, and leaves no temporary file', async () => {
    const store = openFolderStore(dir);
    const path = join(dir, 'source.bin');
    await writeFile(path, Buffer.alloc(300_000, 7));
    expect(await store.putFile(path)).toBe(digestOf(Buffer.alloc(300_000, 7)));
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
  });

  it('refuses an object whose bytes were changed', async () => {
    const store = openFolderStore(dir);
    const digest = await store.put('hello');
    await writeFile(objectPath(dir, digest), 'hullo');
    await expect(store.get(digest)).rejects.toMatchObject({
      kind: 'storeCorrupt',
      message: expect.stringContaining(digest),
    });
  });

  it('names an object that is gone', async () => {
    await expect(openFolderStore(dir).get(digestOf('never'))).rejects.toMatchObject({ kind: 'storeCorrupt' });
  });

  describe('with bulk rows', () => {
    const rows = Buffer.from(Array.from({ length: 400 }, (_, at) => `{"taskId":"t","index":${at}}\n`).join(''));

    it('keeps them in less space under the digest of what they are, and zcat reads them', async () => {
      const store = openFolderStore(dir);
      const digest = await store.putBulk(rows);
      expect(digest).toBe(digestOf(rows));
      expect(await store.get(digest)).toEqual(rows);
      const kept = await readFile(objectPath(dir, digest));
      expect(kept.length).toBeLessThan(rows.length / 4);
      expect(gunzipSync(kept)).toEqual(rows);
    });

    it('reads what was kept before there was packing, and keeps it so', async () => {
      const store = openFolderStore(dir);
      const digest = await store.put(rows);
      expect(await store.putBulk(rows)).toBe(digest);
      expect(await readFile(objectPath(dir, digest))).toEqual(rows);
      expect(await store.get(digest)).toEqual(rows);
    });

    it('refuses them with any byte changed, cut off, or put after their end', async () => {
      const store = openFolderStore(dir);
      const digest = await store.putBulk(rows);
      const kept = await readFile(objectPath(dir, digest));
      const changed = Array.from(kept.keys(), (at) => {
        const bytes = Buffer.from(kept);
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
        return bytes;
      });
      for (const bytes of [...changed, kept.subarray(0, -1), Buffer.concat([kept, Buffer.from('x')])]) {
        await writeFile(objectPath(dir, digest), bytes);
        await expect(store.get(digest)).rejects.toMatchObject({ kind: 'storeCorrupt' });
      }
    });

    it('takes nothing for packed that is an object itself', async () => {
      const store = openFolderStore(dir);
      const kept = await readFile(objectPath(dir, await store.putBulk(rows)));
      expect(await store.get(await store.put(kept))).toEqual(kept);
    });
  });
});
