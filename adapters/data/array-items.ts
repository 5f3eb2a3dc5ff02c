import { InputError } from '../../contract/failures.js';
import { ArrayScan, isSpace } from './array-scan.js';
import { maxLineBytes, readChunks } from './lines.js';

const arrayStart = 0x5b;
const newline = 0x0a;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Where an array's content begins in a file's first bytes; undefined where they begin no array. */
const contentOf = (head: Buffer): { at: number; line: number } | undefined => {
  let at = byteOrderMark.every((byte, index) => head[index] === byte) ? byteOrderMark.length : 0;
  let line = 1;
  for (; at < head.length && isSpace(head[at] ?? 0); at += 1) if (head[at] === newline) line += 1;
  return head[at] === arrayStart ? { at: at + 1, line } : undefined;
};

/** Whether a file, plain or gzip, begins as a JSON array does: its name says nothing about its content. */
export const isJsonArray = async (path: string): Promise<boolean> => {
  for await (const chunk of readChunks(path)) return contentOf(chunk) !== undefined;
  return false;
};

export interface ArrayItem {
  bytes: Buffer;
  /** The line that it begins on, from 1. */
  line: number;
  /** Its place in the array, from 1. */
  row: number;
}

/** Cuts an array's bytes into items; holds no more of them than one item. */
class ArraySplitter {
  readonly #path: string;
  readonly #scan: ArrayScan;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #row = 1;
  #isOver = false;

  constructor(path: string, line: number) {
    this.#path = path;
    this.#scan = new ArrayScan(line);
  }

  *take(chunk: Buffer): Generator<ArrayItem> {
    let from = 0;
    for (let at = 0; at < chunk.length && !this.#isOver; at += 1) {
      const ended = this.#scan.next(chunk[at] as number);
      if (!ended) continue;
      this.#isOver = ended === 'array';
      yield* this.#item(chunk.subarray(from, at));
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    if (this.#isOver) this.#refuseMore(rest);
    else this.#hold(rest);
  }

  /** To be called at the file's end. */
  finish(): void {
    if (!this.#isOver) this.#refuse(this.#scan.line, 'the file ends before its JSON array does');
  }

  *#item(lastPart: Buffer): Generator<ArrayItem> {
    const { isBlank, begunAt: line } = this.#scan;
    const isEmptyArray = isBlank && this.#isOver && this.#row === 1;
    if (isBlank && !isEmptyArray) this.#refuse(this.#scan.line, 'nothing stands before this comma or bracket');
    if (!isBlank) yield { bytes: Buffer.concat([...this.#pending, lastPart]), line, row: this.#row };
    this.#row += 1;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#scan.startItem();
  }

  #hold(part: Buffer): void {
    this.#pending.push(part);
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > maxLineBytes) this.#refuse(this.#scan.begunAt, `more than ${maxLineBytes} bytes`);
  }

  #refuseMore(rest: Buffer): void {
    for (const byte of rest) {
      if (!isSpace(byte))
        throw new InputError(`${this.#path}:${this.#scan.line}: more follows the end of its JSON array`);
      if (byte === newline) this.#scan.line += 1;
    }
  }

  #refuse(line: number, reason: string): never {
    throw new InputError(`${this.#path}:${line}, row ${this.#row}: ${reason}`);
  }
}

/**
 * The items of a file that is one JSON array, plain or gzip, as a stream.
 * @throws InputError for an array that is cut, has a gap or something after it, and for an item beyond `maxLineBytes`.
 */
export async function* splitArray(path: string): AsyncGenerator<ArrayItem> {
  let splitter: ArraySplitter | undefined;
  for await (const chunk of readChunks(path)) {
    const start = splitter ? undefined : contentOf(chunk);
    splitter ??= new ArraySplitter(path, start?.line ?? 1);
    yield* splitter.take(start ? chunk.subarray(start.at) : chunk);
  }
  splitter?.finish();
}
