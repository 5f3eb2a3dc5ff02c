import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../contract/failures.js';
import type { PublicSet } from '../../core/data/public-sets.js';
import { writeDurably } from '../store/write-durably.js';

/** The sets are a megabyte at most; more is another file, or an endless one. */
const maxBytes = 64 * 1024 * 1024;
const timeoutMs = 60_000;

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const download = async (url: string): Promise<Uint8Array> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const causeOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
};

/**
 * A public set's file, fetched once and kept in a folder. Bytes of another digest are never kept or used.
 * @throws InputError where the network does not allow it, with the way that is left: the file itself.
 */
export const pullSet = async (name: string, set: PublicSet, folder: string): Promise<string> => {
  const path = join(folder, set.fileName);
  const kept = await readFile(path).catch(() => undefined);
  if (kept && digestOf(kept) === set.sha256) return path;
  const otherwise = `get the file in another way and give it: nextune data import ${name} FILE -o TASKS`;
  const bytes = await download(set.url).catch((error: unknown) => {
    throw new InputError(`${set.url} can't be fetched (${causeOf(error)}): ${otherwise}`, { cause: error });
  });
  const digest = digestOf(bytes);
  if (digest !== set.sha256)
    throw new InputError(`${set.url} has digest ${digest}, not the known ${set.sha256}: it was changed; ${otherwise}`);
  await writeDurably(path, bytes);
  return path;
};
