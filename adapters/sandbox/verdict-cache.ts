import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { VerifyLimits } from '../../activities/ports.js';
import type { Task } from '../../contract/task.js';
import { reasonSchema, testOutcomeSchema } from '../../contract/verdict.js';
import type { Judgement } from '../../core/verdict/assemble.js';
import { resourcePath } from '../paths.js';

/** Of what is kept, in memory and in the file; what was dropped is judged again. */
const maxKept = 200_000;

const lineSchema = z.object({
  key: z.string(),
  verdict: z.enum(['pass', 'fail']),
  reason: reasonSchema,
  outcomes: z.array(testOutcomeSchema.shape.outcome),
});

let judge: string | undefined;

/** Names the judge's code: another judge may judge otherwise. */
const judgeDigest = (): string => {
  if (judge) return judge;
  const dir = resourcePath('python', 'nextune_jail');
  const hash = createHash('sha256');
  for (const name of readdirSync(dir).sort()) {
    if (name.endsWith('.py'))
      hash
        .update(`${name}\0`)
        .update(readFileSync(join(dir, name)))
        .update('\0');
  }
  judge = hash.digest('hex');
  return judge;
};

/** What decides a verdict: program, setup, tests with their order and hidden flags, limits, judge, interpreter and isolation. */
export const verdictKey = (
  { task, program }: { task: Task; program: string },
  limits: VerifyLimits,
  isolation: string,
): string => {
  const { entryPoint, setup, tests, hiddenTests, reference, buggy } = task;
  const decides = [
    entryPoint,
    setup,
    tests,
    hiddenTests,
    reference,
    buggy,
    program,
    task.cpuLimitMs ?? limits.cpuLimitMs,
    limits.memoryBytes,
  ];
  const text = JSON.stringify([...decides.map((part) => part ?? null), isolation, judgeDigest()]);
  return createHash('sha256').update(text).digest('hex');
};

const lineOf = (key: string, { verdict, reason, outcomes }: Judgement): string =>
  `${JSON.stringify({ key, verdict, reason, outcomes })}\n`;

/**
 * Verdicts by the digest of what decides them, in one file that may be shared by workers of one machine. It is appended
 * to, and cut to what is kept once it holds more than twice as many lines. A line that was cut by a crash is passed
 * over. No verdict (`none`) is never kept.
 */
export class VerdictCache {
  readonly #kept = new Map<string, Judgement>();
  #lines = 0;
  #file: FileHandle;
  #pruning: Promise<void> | undefined;

  private constructor(
    private readonly path: string,
    file: FileHandle,
    private readonly keep: number,
  ) {
    this.#file = file;
  }

  static async open(dir: string, keep = maxKept): Promise<VerdictCache> {
    await mkdir(dir, { recursive: true });
    const path = join(dir, 'verdicts.jsonl');
    const cache = new VerdictCache(path, await open(path, 'a+'), keep);
    for await (const line of cache.#file.readLines({ autoClose: false, start: 0 })) cache.#read(line);
    // A line that a crash cut must not swallow the next one.
    await cache.#file.appendFile('\n');
    if (cache.#lines > keep * 2) await cache.#prune();
    return cache;
  }

  #read(line: string): void {
    if (line === '') return;
    this.#lines += 1;
    try {
      const { key, ...judgement } = lineSchema.parse(JSON.parse(line));
      this.#keep(key, judgement);
    } catch {
      // Cut, or empty: its verdict is made again.
    }
  }

  #keep(key: string, judgement: Judgement): void {
    this.#kept.set(key, judgement);
    if (this.#kept.size <= this.keep) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  get(key: string): Judgement | undefined {
    return this.#kept.get(key);
  }

  async put(key: string, { verdict, reason, outcomes }: Judgement): Promise<void> {
    if (verdict === 'none' || this.#kept.has(key)) return;
    this.#keep(key, { verdict, reason, outcomes });
    this.#lines += 1;
    await this.#file.appendFile(lineOf(key, { verdict, reason, outcomes }));
    if (this.#lines > this.keep * 2) await this.#pruneOnce();
  }

  #pruneOnce(): Promise<void> {
    this.#pruning ??= this.#prune().finally(() => {
      this.#pruning = undefined;
    });
    return this.#pruning;
  }

  /** What others append meanwhile to the file that goes is lost, and judged again. */
  async #prune(): Promise<void> {
    const temporary = `${this.path}.${process.pid}`;
    const kept = [...this.#kept].map(([key, judgement]) => lineOf(key, judgement));
    this.#lines = kept.length;
    await writeFile(temporary, kept.join(''), { flush: true });
    await rename(temporary, this.path);
    const before = this.#file;
    this.#file = await open(this.path, 'a');
    await before.close();
  }

  async close(): Promise<void> {
    await this.#pruning;
    await this.#file.close();
  }
}
