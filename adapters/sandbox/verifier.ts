import { availableParallelism } from 'node:os';
import type { Candidate, Verifier, VerifyLimits, Work } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import type { Verdict } from '../../contract/verdict.js';
import { assembleVerdict, brokeItsJail, type Judgement, noVerdict } from '../../core/verdict/assemble.js';
import { findJailPython } from './interpreter.js';
import { isolationLabel, tooWeak, type Weakening } from './isolation.js';
import { tryControl, tryIsolations } from './isolation-trial.js';
import { answerLimitMs, isJudged, type JudgeAnswer, Slot, SlotDied } from './slot.js';
import { SlotPool } from './slot-pool.js';

export interface VerifierOptions {
  /** Candidates judged at a time. More than cores keeps them busy while some candidates wait or sleep. */
  slots?: number;
  /** What a person accepts to do without, by name. */
  allowWeakIsolation?: readonly Weakening[];
}

/** A verifier that can also read a task's tests without a candidate. */
export interface SandboxVerifier extends Verifier {
  /** Why the task can't be judged at all (a test that is no Python); undefined for a good one. */
  checkTask(task: Task): Promise<string | undefined>;
  /** Isolation level and interpreter, as every verdict says them. */
  readonly isolation: string;
}

/** Far beyond what anyone writes as an answer; a parser's time and memory grow with it. */
const maxProgramChars = 256 * 1024;

/** Names a task to the judges; the same object has the same name, so that its tests cross once. */
const keys = new WeakMap<Task, string>();
let lastKey = 0;
const keyOf = (task: Task): string => {
  const key = keys.get(task) ?? `${++lastKey}`;
  keys.set(task, key);
  return key;
};

const taskPart = ({ entryPoint, setup, tests, hiddenTests, reference, buggy }: Task): object => ({
  entryPoint,
  setup,
  tests,
  hiddenTests,
  reference,
  buggy,
});

class PooledVerifier implements SandboxVerifier {
  constructor(
    private readonly pool: SlotPool,
    readonly isolation: string,
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

  async close(): Promise<void> {
    await this.pool.close();
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
    const cpuMs = task.cpuLimitMs ?? limits.cpuLimitMs;
    const job = { taskKey: keyOf(task), task: taskPart(task), program, cpuMs, memoryBytes: limits.memoryBytes };
    const ask = (slot: Slot): Promise<JudgeAnswer> => {
      startedAt.ms = performance.now();
      return slot.ask(job, answerLimitMs(cpuMs));
    };
    try {
      const first = asJudgement(task, await this.pool.use(ask, signal));
      if (first.verdict !== 'none') return first;
    } catch (error) {
      if (!(error instanceof SlotDied)) throw error;
    }
    return this.#alone(task, ask, signal);
  }

  /** A second and last run, with a jail to itself; one that dies there too is the candidate's doing, if a control lives. */
  async #alone(task: Task, ask: (slot: Slot) => Promise<JudgeAnswer>, signal?: AbortSignal): Promise<Judgement> {
    signal?.throwIfAborted();
    try {
      return asJudgement(task, await this.pool.useFresh(ask));
    } catch (error) {
      if (!(error instanceof SlotDied)) throw error;
      const control = await this.pool.useFresh(tryControl).catch((failure: Error) => failure.message);
      return control === undefined ? brokeItsJail(task) : noVerdict;
    }
  }
}

const asJudgement = (task: Task, answer: JudgeAnswer): Judgement => {
  if (isJudged(answer)) return answer;
  if ('needsTask' in answer) throw new SlotDied('the judge does not take the task it was given');
  throw new NextuneFailure('dataInvalid', `task ${task.id} can't be judged: ${answer.badTask}`);
};

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
  return new PooledVerifier(pool, isolationLabel(needed, python.version));
};
