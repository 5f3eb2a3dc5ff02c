import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../contract/failures.js';

/** One line, or one item of an array, is one row: the most of a file that is held. A longer one is no row of any set. */
export const maxLineBytes = 256 * 1024 * 1024;

const newline = 0x0a;
const carriageReturn = 0x0d;
const gzipMagic = [0x1f, 0x8b];

export interface Line {
  /** 1-based. */
  number: number;
  /** Of an item of a JSON array: its place in it, from 1. Its line is that which it begins on. */
  row?: number;
  text: string;
  /** False for a last line without its newline: where such a line doesn't parse, the file was cut. */
  ended: boolean;
}

const openForReading = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new InputError(`${path}: ${code === 'ENOENT' ? 'no such file' : `can't be read (${code})`}`, { cause });
  }
};

/** Whether a file is gzip, by its first bytes: a name's ending says nothing about its content. */
const isGzip = async (path: string): Promise<boolean> => {
  const file = await openForReading(path);
  try {
    if ((await file.stat()).isDirectory()) throw new InputError(`${path}: is a folder, expected a file`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && gzipMagic.every((byte, at) => buffer[at] === byte);
  } finally {
    await file.close();
  }
};

/** A file's bytes, unpacked where they are gzip. @throws InputError when it is missing, damaged or cut. */
export async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const gzip = await isGzip(path);
  const source = createReadStream(path);
  const bytes = gzip ? source.pipe(createGunzip()) : source;
  source.once('error', (error) => bytes.destroy(error));
  try {
    yield* bytes;
  } catch (cause) {
    throw new InputError(
      `${path}: ${gzip ? 'damaged or cut gzip file' : "can't be read"} (${(cause as Error).message})`,
      {
        cause,
      },
    );
  } finally {
    source.destroy();
    bytes.destroy();
  }
}

/** Splits bytes before they are decoded, so that invalid UTF-8 is blamed on its own line. */
export async function* splitLines(path: string): AsyncGenerator<{ bytes: Buffer; ended: boolean }> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of readChunks(path)) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      yield { bytes: Buffer.concat([...pending, chunk.subarray(from, at)]), ended: true };
      pending = [];
      pendingBytes = 0;
      from = at + 1;
    }
    pending.push(chunk.subarray(from));
    pendingBytes += chunk.length - from;
    if (pendingBytes > maxLineBytes)
      throw new InputError(`${path}: a line of more than ${maxLineBytes} bytes: no JSON lines`);
  }
  if (pendingBytes > 0) yield { bytes: Buffer.concat(pending), ended: false };
}

/** @throws InputError that begins with `where`. */
export const decode = (bytes: Buffer, where: string): string => {
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
  } catch (cause) {
    throw new InputError(`${where}: not valid UTF-8`, { cause });
  }
};

/**
 * The lines of a text file, plain or gzip, as a stream. LF and CRLF end a line; a byte order mark is dropped.
 * @throws InputError naming the file (and line) when it is missing, damaged, cut or not UTF-8.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  for await (const { bytes, ended } of splitLines(path)) {
    number += 1;
    const text = decode(bytes, `${path}:${number}`);
    yield { number, ended, text: number === 1 ? text.replace(/^\uFEFF/, '') : text };
  }
}
