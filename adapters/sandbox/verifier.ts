import { availableParallelism } from 'node:os';
import type { Candidate, Verifier, VerifyLimits, Work } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import type { Verdict } from '../../contract/verdict.js';
import { assembleVerdict, type Judgement } from '../../core/verdict/assemble.js';
import { findJailPython } from './interpreter.js';
import { isolationLabel, tooWeak, type Weakening } from './isolation.js';
import { tryIsolations } from './isolation-trial.js';
import { defaultBackOffMs, judgeProgram } from './judging.js';
import { type AnswersJob, answerLimitMs, isJudged, type ReferenceAnswers, Slot, SlotDied } from './slot.js';
import { SlotPool } from './slot-pool.js';
import { keyOf, taskPart } from './task-part.js';
import { VerdictCache, verdictKey } from './verdict-cache.js';

export interface VerifierOptions {
  /** Candidates judged at a time. More than cores keeps them busy while some candidates wait or sleep. */
  slots?: number;
  /** Waits before a candidate without a verdict is judged again; each is one more try. */
  backOffMs?: readonly number[];
  /** Folder of verdicts known by the digest of what decides them; without it each candidate is run. */
  cacheDir?: string;
  /** What a person accepts to do without, by name. */
  allowWeakIsolation?: readonly Weakening[];
}

/** A verifier that can also read a task's tests without a candidate. */
export interface SandboxVerifier extends Verifier {
  /** Why the task can't be judged at all (a test that is no Python); undefined for a good one. */
  checkTask(task: Task): Promise<string | undefined>;
  /**
   * What a trusted reference returns for calls, as source text, by each of two programs: for tests that come as inputs.
   * @throws NextuneFailure sandboxBroken when the jails end twice on it.
   */
  answers(reference: Omit<AnswersJob, 'cpuMs' | 'memoryBytes'>, limits: VerifyLimits): Promise<ReferenceAnswers>;
  /** How a task's reference comes out, and the CPU milliseconds that one run of it took. */
  measure(task: Task, limits: VerifyLimits): Promise<{ verdict: Verdict['verdict']; reason: string; cpuMs: number }>;
  /** Isolation level and interpreter, as every verdict says them. */
  readonly isolation: string;
}

/** Far beyond what anyone writes as an answer; a parser's time and memory grow with it. */
const maxProgramChars = 256 * 1024;

class PooledVerifier implements SandboxVerifier {
  constructor(
    private readonly pool: SlotPool,
    readonly isolation: string,
    private readonly backOffMs: readonly number[],
    private readonly cache: VerdictCache | undefined,
  ) {}

  async verify(candidates: readonly Candidate[], limits: VerifyLimits, work: Work = {}): Promise<Verdict[]> {
    let done = 0;
    const verdicts = candidates.map(async (candidate) => {
      const verdict = await this.#verdict(candidate, limits, work.signal);
      done += 1;
      work.onProgress?.({ done, total: candidates.length });
      return verdict;
    });
    // Siblings settle first: none may hold a slot once this has thrown.
    const settled = await Promise.allSettled(verdicts);
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  async checkTask(task: Task): Promise<string | undefined> {
    const answer = await this.pool.use((slot) =>
      slot.ask({ taskKey: keyOf(task), task: taskPart(task) }, answerLimitMs(0)),
    );
    return 'badTask' in answer ? answer.badTask : undefined;
  }

  async measure(
    task: Task,
    { cpuLimitMs, memoryBytes }: VerifyLimits,
  ): Promise<{ verdict: Verdict['verdict']; reason: string; cpuMs: number }> {
    const job = { taskKey: keyOf(task), task: taskPart(task), program: task.reference ?? '', measure: true };
    const answer = await this.pool
      .use((slot) => slot.ask({ ...job, cpuMs: cpuLimitMs, memoryBytes }, answerLimitMs(cpuLimitMs)))
      .catch((error: Error) => {
        if (error instanceof SlotDied) return undefined;
        throw error;
      });
    if (!answer || !isJudged(answer)) return { verdict: 'none', reason: 'infrastructure', cpuMs: 0 };
    return { verdict: answer.verdict, reason: answer.reason, cpuMs: answer.cpuMs ?? 0 };
  }

  async answers(
    reference: Omit<AnswersJob, 'cpuMs' | 'memoryBytes'>,
    { cpuLimitMs, memoryBytes }: VerifyLimits,
  ): Promise<ReferenceAnswers> {
    const ask = (slot: Slot): Promise<ReferenceAnswers> =>
      slot.answers({ ...reference, cpuMs: cpuLimitMs, memoryBytes }, answerLimitMs(cpuLimitMs));
    try {
      return await this.pool.use(ask);
    } catch (error) {
      if (!(error instanceof SlotDied)) throw error;
    }
    try {
      return await this.pool.useFresh(ask);
    } catch (cause) {
      throw new NextuneFailure('sandboxBroken', `a reference ended its jail twice: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.cache?.close();
  }

  async #verdict(candidate: Candidate, limits: VerifyLimits, signal?: AbortSignal): Promise<Verdict> {
    const startedAt = { ms: performance.now() };
    const judgement = await this.#judge(candidate, limits, startedAt, signal);
    const durationMs = Math.round((performance.now() - startedAt.ms) * 10) / 10;
    return assembleVerdict(candidate, judgement, { durationMs, isolation: this.isolation });
  }

  async #judge(
    { task, program }: Candidate,
    limits: VerifyLimits,
    startedAt: { ms: number },
    signal?: AbortSignal,
  ): Promise<Judgement> {
    if (program === undefined || program.length > maxProgramChars)
      return { verdict: 'fail', reason: 'unparsable', outcomes: [] };
    const onStart = (): void => {
      startedAt.ms = performance.now();
    };
    const judging = { pool: this.pool, backOffMs: this.backOffMs, signal, onStart };
    if (!this.cache) return judgeProgram(task, program, limits, judging);
    const key = verdictKey({ task, program }, limits, this.isolation);
    const known = this.cache.get(key);
    if (known) return known;
    const judgement = await judgeProgram(task, program, limits, judging);
    await this.cache.put(key, judgement);
    return judgement;
  }
}

/**
 * Opens the sandbox: tries what this machine isolates, and then keeps warm jails until `close()`.
 * @throws NextuneFailure sandboxWeak when isolation is missing that was not accepted by name, sandboxBroken when nothing runs.
 */
export const openVerifier = async (options: VerifierOptions = {}): Promise<SandboxVerifier> => {
  const python = await findJailPython();
  const { needed, slot, detail } = await tryIsolations(python);
  const accepted = options.allowWeakIsolation ?? [];
  const missing = needed.filter((name) => !accepted.includes(name));
  if (missing.length > 0) {
    await slot.close();
    throw tooWeak(missing, detail);
  }
  const slots = options.slots ?? availableParallelism() + 1;
  const pool = new SlotPool(() => Slot.open(python, needed), slots, slot);
  const cache = options.cacheDir === undefined ? undefined : await VerdictCache.open(options.cacheDir);
  const label = isolationLabel(needed, python.version);
  return new PooledVerifier(pool, label, options.backOffMs ?? defaultBackOffMs, cache);
};
