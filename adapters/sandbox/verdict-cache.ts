import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
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

/** What another process appends meanwhile to the file that goes is lost, and judged again. */
const prune = async (path: string, newest: readonly string[]): Promise<void> => {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${newest.join('\n')}\n`, { flush: true });
  await rename(temporary, path);
};

/**
 * Verdicts by the digest of what decides them, in one file that may be shared by workers of one machine. It is appended
 * to, and cut to its newest lines when it is opened with more than twice as many as are kept. A line that was cut by a
 * crash is passed over. No verdict (`none`) is never kept.
 */
export class VerdictCache {
  readonly #kept = new Map<string, Judgement>();

  private constructor(
    private readonly file: FileHandle,
    private readonly keep: number,
  ) {}

  static async open(dir: string, keep = maxKept): Promise<VerdictCache> {
    await mkdir(dir, { recursive: true });
    const path = join(dir, 'verdicts.jsonl');
    await (await open(path, 'a')).close();
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
    if (lines.length > keep * 2) await prune(path, lines.slice(-keep));
    const cache = new VerdictCache(await open(path, 'a'), keep);
    for (const line of lines.slice(-keep)) cache.#read(line);
    // A line that a crash cut must not swallow the next one.
    await cache.file.appendFile('\n');
    return cache;
  }

  #read(line: string): void {
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
    await this.file.appendFile(`${JSON.stringify({ key, verdict, reason, outcomes })}\n`);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
