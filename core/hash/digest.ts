import { createHash } from 'node:crypto';
import type { Digest } from '../../contract/digest.js';
import { canonicalJson } from '../canonical-json.js';

/** SHA-256 of exact bytes (FIPS 180-4); text counts as its UTF-8. */
export const digestOf = (bytes: Uint8Array | string): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** SHA-256 of a value's canonical JSON, so that key order and white space do not matter. */
export const digestOfValue = (value: unknown): Digest => digestOf(canonicalJson(value));

/** A 31-bit seed for a request, from what identifies it: a group asked again is asked with its own seed. */
export const seedFor = (...parts: (string | number)[]): number =>
  createHash('sha256').update(canonicalJson(parts)).digest().readUInt32BE(0) >>> 1;
