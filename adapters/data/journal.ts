import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const newline = 0x0a;
const syncEveryMs = 1000;

interface Entry {
  key: string;
  value: unknown;
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && typeof (value as Entry).key === 'string' && 'value' in value;

const parseLine = (line: string): Entry | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Whole entries at the start of a file, and where they end: what a killed run left half written is cut off. */
const readWhole = (content: Buffer): { entries: Entry[]; bytes: number } => {
  const entries: Entry[] = [];
  let from = 0;
  for (let at = content.indexOf(newline); at !== -1; at = content.indexOf(newline, from)) {
    const entry = parseLine(content.subarray(from, at).toString('utf8'));
    if (!entry) break;
    entries.push(entry);
    from = at + 1;
  }
  return { entries, bytes: from };
};

/**
 * What is done of a long work, by key, in a file beside its output that is named by the work's digest. A run that is
 * stopped or killed leaves it, the same command goes on from it, and a finished one removes it.
 */
export class Journal {
  #lastSyncMs = 0;
  #closed = false;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle | undefined,
    /** What earlier runs did. */
    readonly earlier: ReadonlyMap<string, unknown>,
  ) {}

  /** Beside `output`; where its folder can't be written the work goes on without a journal. */
  static async open({ output, digest }: { output: string; digest: string }): Promise<Journal> {
    const path = join(dirname(output), `.${basename(output)}.${digest.slice(0, 16)}.journal`);
    const file = await open(path, 'a+').catch(() => undefined);
    if (!file) return new Journal(path, undefined, new Map());
    const { entries, bytes } = readWhole(await file.readFile());
    await file.truncate(bytes);
    return new Journal(path, file, new Map(entries.map(({ key, value }) => [key, value])));
  }

  async append(key: string, value: unknown): Promise<void> {
    if (!this.file || this.#closed) return;
    await this.file.appendFile(`${JSON.stringify({ key, value })}\n`);
    if (performance.now() - this.#lastSyncMs < syncEveryMs) return;
    this.#lastSyncMs = performance.now();
    await this.file.datasync();
  }

  /** The work is done: nothing to come back to. */
  async finish(): Promise<void> {
    await this.#close();
    await rm(this.path, { force: true });
  }

  /** Keeps what is done for the next run. */
  async leave(): Promise<void> {
    const size = this.#closed ? 0 : ((await this.file?.stat())?.size ?? 0);
    if (!this.#closed) await this.file?.sync();
    await this.#close();
    if (size === 0) await rm(this.path, { force: true });
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.file?.close();
  }
}
