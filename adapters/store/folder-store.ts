import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ObjectStore } from '../../activities/ports.js';
import type { Digest } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { digestOf } from '../../core/hash/digest.js';
import { explainingFull } from './full-disk.js';
import { contentOf, pack } from './packed.js';
import { writeDurably } from './write-durably.js';

/** Objects in `dir/sha256/ab/cdef…`: the name is the content's digest, so two writers of one object agree. */
export const openFolderStore = (dir: string): ObjectStore => {
  const pathOf = (digest: Digest): string => objectPath(dir, digest);
  return {
    async put(bytes) {
      const digest = digestOf(bytes);
      if (!(await exists(pathOf(digest)))) await writeDurably(pathOf(digest), bytes);
      return digest;
    },
    async putBulk(bytes) {
      const digest = digestOf(bytes);
      if (!(await exists(pathOf(digest)))) await writeDurably(pathOf(digest), await pack(bytes));
      return digest;
    },
    putFile: (path) => explainingFull(dir, () => putFile(dir, path)),
    async get(digest) {
      const stored = await readFile(pathOf(digest)).catch((cause: unknown) => {
        throw missing(digest, pathOf(digest), cause);
      });
      const bytes = await contentOf(stored, digest);
      if (!bytes) throw changed(digest, pathOf(digest));
      return bytes;
    },
    has: (digest) => exists(pathOf(digest)),
  };
};

/** Where a folder store keeps an object. */
export const objectPath = (dir: string, digest: Digest): string => {
  const hex = digest.slice('sha256:'.length);
  return join(dir, 'sha256', hex.slice(0, 2), hex.slice(2));
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Copies and digests in one pass, so that what is named is what was read. */
const putFile = async (dir: string, path: string): Promise<Digest> => {
  const temporary = join(dir, 'tmp', randomUUID());
  await mkdir(dirname(temporary), { recursive: true });
  const hash = createHash('sha256');
  const file = await open(temporary, 'wx', 0o600);
  try {
    await pipeline(createReadStream(path), async (chunks) => {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        hash.update(chunk);
        await file.writeFile(chunk);
      }
    });
    await file.sync();
    const digest: Digest = `sha256:${hash.digest('hex')}`;
    await mkdir(dirname(objectPath(dir, digest)), { recursive: true });
    await rename(temporary, objectPath(dir, digest));
    return digest;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
};

const missing = (digest: Digest, path: string, cause: unknown): NextuneFailure =>
  new NextuneFailure('storeCorrupt', `object ${digest} can't be read at ${path}: restore it, or run its step again`, {
    cause,
  });

const changed = (digest: Digest, path: string): NextuneFailure =>
  new NextuneFailure(
    'storeCorrupt',
    `object ${digest} at ${path} has other content than its name says: restore it, or delete it and run its step again`,
  );
