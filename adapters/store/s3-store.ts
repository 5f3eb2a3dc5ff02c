import { readFile } from 'node:fs/promises';
import type { KeptLog, Ledger, ManifestEntry, ManifestLog, ObjectStore, RequestLog } from '../../activities/ports.js';
import { type Digest, digestSchema } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { digestOf } from '../../core/hash/digest.js';
import { openLedger } from './ledger-records.js';
import { manifestEntrySchema } from './manifest-log.js';
import { contentOf, pack } from './packed.js';
import type { S3Objects } from './s3-objects.js';

const storePrefix = 'store/sha256/';

const nameOf = (digest: Digest): string => {
  const hex = digest.slice('sha256:'.length);
  return `${storePrefix}${hex.slice(0, 2)}/${hex.slice(2)}`;
};

/** The content-addressed store in a bucket, laid out as in a folder: `store/sha256/ab/cdef…`. */
export const openS3Store = (objects: S3Objects): ObjectStore => {
  const put = async (bytes: Uint8Array | string): Promise<Digest> => {
    const digest = digestOf(bytes);
    await objects.writeOnce(nameOf(digest), bytes);
    return digest;
  };
  return {
    put,
    async putBulk(bytes) {
      const digest = digestOf(bytes);
      await objects.writeOnce(nameOf(digest), await pack(bytes));
      return digest;
    },
    putFile: async (path) => await put(await readFile(path)),
    has: (digest) => objects.has(nameOf(digest)),
    async get(digest) {
      const stored = await objects.read(nameOf(digest));
      const place = objects.place(nameOf(digest));
      if (!stored) {
        throw new NextuneFailure(
          'storeCorrupt',
          `object ${digest} is not at ${place}: restore it, or run its step again`,
        );
      }
      const bytes = await contentOf(stored, digest);
      if (bytes) return bytes;
      throw new NextuneFailure(
        'storeCorrupt',
        `object ${digest} at ${place} has other content than its name says: restore it, or delete it and run its step again`,
      );
    },
  };
};

/** Digests of all objects in a bucket's store, whichever campaign they are of; of what is no object, no digest that can be read. */
export const listS3Store = async (objects: S3Objects): Promise<Digest[]> => {
  const names = await objects.list(storePrefix);
  return names.map((name) => `sha256:${name.slice(storePrefix.length).replace('/', '')}`);
};

/** Paid answers in a bucket: whoever records a group first, of all machines, has recorded it for all. */
export const openS3Ledger = (objects: S3Objects): Ledger =>
  openLedger({
    read: async (name) => (await objects.read(`ledger/${name}`))?.toString('utf8'),
    writeOnce: (name, text) => objects.writeOnce(`ledger/${name}`, text),
    place: (name) => objects.place(`ledger/${name}`),
  });

/** Requests that are out, of all machines that share the bucket. */
export const openS3Requests = (objects: S3Objects): RequestLog => {
  const folderOf = (campaign: string): string => `campaigns/${campaign}/requests/`;
  const nameFor = (campaign: string, key: Digest): string => `${folderOf(campaign)}${key.slice('sha256:'.length)}`;
  return {
    async sent(campaign, key) {
      const name = nameFor(campaign, key);
      if (!(await objects.writeOnce(name, key))) await objects.writeOnce(`${name}.again`, key);
    },
    settled: (campaign, key) => objects.remove(nameFor(campaign, key)),
    isOut: async (campaign, key) => (await objects.read(nameFor(campaign, key))) !== undefined,
    async count(campaign) {
      const names = await objects.list(folderOf(campaign));
      const again = names.filter((name) => name.endsWith('.again')).length;
      return { unsettled: names.length - again, askedAgain: again };
    },
  };
};

/** Objects that no manifest names and a retry may need, of all machines that share the bucket. */
export const openS3Kept = (objects: S3Objects): KeptLog => {
  const folderOf = (campaign: string): string => `campaigns/${campaign}/kept/`;
  return {
    async add(campaign, object) {
      await objects.writeOnce(`${folderOf(campaign)}${object.slice('sha256:'.length)}`, object);
    },
    async list(campaign) {
      const names = await objects.list(folderOf(campaign));
      return names.map((name) => digestSchema.parse(`sha256:${name.slice(folderOf(campaign).length)}`));
    },
  };
};

/** Which manifest stands for which round: an object an entry, numbered, so that of two sealing at once both are kept. */
export const openS3ManifestLog = (objects: S3Objects): ManifestLog => {
  const folderOf = (campaign: string): string => `campaigns/${campaign}/manifests/`;
  const list = async (campaign: string): Promise<ManifestEntry[]> => {
    const names = await objects.list(folderOf(campaign));
    return await Promise.all(names.map((name) => readEntry(objects, name)));
  };
  return {
    list,
    async append(campaign, entry) {
      for (;;) {
        const entries = await list(campaign);
        if (entries.some((known) => known.manifest === entry.manifest)) return;
        const name = `${folderOf(campaign)}${String(entries.length).padStart(6, '0')}.json`;
        if (await objects.writeOnce(name, JSON.stringify(entry))) return;
      }
    },
    async campaigns() {
      const names = await objects.list('campaigns/');
      return [...new Set(names.map((name) => name.split('/')[1] ?? ''))].filter((name) => name !== '');
    },
  };
};

const readEntry = async (objects: S3Objects, name: string): Promise<ManifestEntry> => {
  const bytes = await objects.read(name);
  try {
    return manifestEntrySchema.parse(JSON.parse(bytes?.toString('utf8') ?? ''));
  } catch (cause) {
    throw new NextuneFailure('storeCorrupt', `${objects.place(name)} is no manifest entry: restore it from a copy`, {
      cause,
    });
  }
};
