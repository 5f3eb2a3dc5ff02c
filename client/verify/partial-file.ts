import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Verdict, verdictSchema } from '../../contract/verdict.js';

const newline = 0x0a;
const syncEveryMs = 1000;

/** Verdicts that an earlier, interrupted run left, and where the last whole line ends: what follows is cut off. */
const readWhole = (content: Buffer): { verdicts: Verdict[]; bytes: number } => {
  const verdicts: Verdict[] = [];
  let from = 0;
  for (let at = content.indexOf(newline); at !== -1; at = content.indexOf(newline, from)) {
    const parsed = verdictSchema.safeParse(parseOrUndefined(content.subarray(from, at).toString('utf8')));
    if (!parsed.success) break;
    verdicts.push(parsed.data);
    from = at + 1;
  }
  return { verdicts, bytes: from };
};

const parseOrUndefined = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The verdicts on their way: whole lines, appended in the samples' order to a file named after the work's digest beside
 * the output. A run that is killed leaves it, the same command goes on from it, and the last step renames it.
 */
export class PartialFile {
  #lastSyncMs = 0;

  private constructor(
    private readonly output: string,
    private readonly path: string,
    private readonly file: FileHandle,
    /** What an earlier run had judged, in order. */
    readonly earlier: readonly Verdict[],
  ) {}

  static async open(output: string, digest: string): Promise<PartialFile> {
    await mkdir(dirname(output), { recursive: true });
    const path = join(dirname(output), `.${basename(output)}.${digest.slice(0, 16)}.partial`);
    const file = await open(path, 'a+');
    const { verdicts, bytes } = readWhole(await file.readFile());
    await file.truncate(bytes);
    return new PartialFile(output, path, file, verdicts);
  }

  async append(verdict: Verdict): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(verdict)}\n`);
    if (performance.now() - this.#lastSyncMs < syncEveryMs) return;
    this.#lastSyncMs = performance.now();
    await this.file.datasync();
  }

  /** Puts the finished file in the output's place, and drops what runs over other inputs left. */
  async finish(): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await rename(this.path, this.output);
    const folder = dirname(this.output);
    const stale = new RegExp(`^\\.${literally(basename(this.output))}\\.[0-9a-f]{16}\\.partial$`);
    for (const name of await readdir(folder)) if (stale.test(name)) await rm(join(folder, name), { force: true });
  }

  /** Leaves it for the next run; an empty one is no use. */
  async leave(): Promise<void> {
    const { size } = await this.file.stat();
    await this.file.sync();
    await this.file.close();
    if (size === 0) await rm(this.path, { force: true });
  }
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
