import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFullDisk } from '../../contract/failures.js';

const mostBytes = 8 * 1024 * 1024;

/** A log file and the one before it (`.1`), each of at most `maxBytes`. Lines are written at once, so a crash loses none. */
export class BoundedLog {
  readonly path: string;
  readonly #maxBytes: number;
  #file: number;
  #bytes: number;

  constructor(path: string, maxBytes = mostBytes) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#file = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    try {
      if (this.#bytes > 0 && this.#bytes + bytes.length > this.#maxBytes) this.#turnOver();
      this.#bytes += writeSync(this.#file, bytes);
    } catch (error) {
      // A supervisor outlives a full disk: what it keeps running goes on once there is room.
      if (!isFullDisk(error)) throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #turnOver(): void {
    renameSync(this.path, `${this.path}.1`);
    const next = openSync(this.path, 'a', 0o600);
    closeSync(this.#file);
    this.#file = next;
    this.#bytes = 0;
  }
}

/** The last lines of a log, for a message about a component that failed. */
export const tailOf = (path: string, lines = 12): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines) : [];
