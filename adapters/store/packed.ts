import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Digest } from '../../contract/digest.js';
import { digestOf } from '../../core/hash/digest.js';

// Objects of rows are kept as gzip (RFC 1952), and named by the SHA-256 of what they unpack to: zlib's builds pack alike text
// differently, and a name must be the same on every machine. As two packings may unpack to one content, and a changed byte must
// be found, the header's extra field (2.3.1.1) holds the SHA-256 of all that follows it. `zcat < FILE` shows the rows.

const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 36, 0, 0x4e, 0x58, 32, 0]);
const checkBytes = 32;
const bodyAt = header.length + checkBytes;
const gzipHeaderBytes = 10;

/** Below this a file takes a block of the disk either way. */
const leastBytes = 4096;
/** What an object may unpack to: a bundle comes from strangers. Larger ones are kept as they are. */
const mostBytes = 1024 ** 3;

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The bytes to keep for these: packed where that saves something. */
export const pack = async (bytes: Uint8Array): Promise<Uint8Array> => {
  if (bytes.length < leastBytes || bytes.length > mostBytes) return bytes;
  const body = (await promisify(gzip)(bytes)).subarray(gzipHeaderBytes);
  const packed = Buffer.concat([header, sha256(body), body]);
  return packed.length < bytes.length ? packed : bytes;
};

const unpack = async (stored: Buffer): Promise<Buffer | undefined> => {
  if (!stored.subarray(0, header.length).equals(header)) return undefined;
  if (!stored.subarray(header.length, bodyAt).equals(sha256(stored.subarray(bodyAt)))) return undefined;
  return await promisify(gunzip)(stored, { maxOutputLength: mostBytes }).catch(() => undefined);
};

/** What kept bytes hold, packed or not. Undefined where it is not the content of that name. */
export const contentOf = async (stored: Buffer, digest: Digest): Promise<Buffer | undefined> => {
  const unpacked = await unpack(stored);
  if (unpacked && digestOf(unpacked) === digest) return unpacked;
  return digestOf(stored) === digest ? stored : undefined;
};
