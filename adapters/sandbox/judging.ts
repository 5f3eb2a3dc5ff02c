import { setTimeout as wait } from 'node:timers/promises';
import type { VerifyLimits } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { brokeItsJail, type Judgement, noVerdict } from '../../core/verdict/assemble.js';
import { tryControl } from './isolation-trial.js';
import { answerLimitMs, isJudged, type JudgeAnswer, type Slot, SlotDied } from './slot.js';
import type { SlotPool } from './slot-pool.js';
import { keyOf, taskPart } from './task-part.js';

/** Waits before a candidate that got no verdict is judged again, alone: a machine that has no time now may have some then. */
export const defaultBackOffMs: readonly number[] = [0, 500, 2000, 8000];

export interface Judging {
  pool: SlotPool;
  backOffMs: readonly number[];
  signal: AbortSignal | undefined;
  /** Called as often as a run starts: what came before was waiting. */
  onStart: () => void;
}

/** A candidate whose process sleeps needs no processor: past this time its slot no longer counts against the pool's. */
const patienceMs = (cpuMs: number): number => cpuMs * 2 + 500;

const asJudgement = (task: Task, answer: JudgeAnswer): Judgement => {
  if (isJudged(answer)) return answer;
  if (!('badTask' in answer)) throw new SlotDied('the judge does not take the task it was given');
  throw new NextuneFailure('dataInvalid', `task ${task.id} can't be judged: ${answer.badTask}`);
};

/** Undefined where the slot's jails died of it, or with it. */
const unlessDied = async (judged: Promise<Judgement>): Promise<Judgement | undefined> => {
  try {
    return await judged;
  } catch (error) {
    if (error instanceof SlotDied) return undefined;
    throw error;
  }
};

/**
 * Judges one program. A jail that dies is no verdict: the candidate gets a jail of its own, once; it failed if that dies
 * too and a control program lives in another. Anything else that is no verdict is tried again with back-off.
 */
export const judgeProgram = async (
  task: Task,
  program: string,
  limits: VerifyLimits,
  { pool, backOffMs, signal, onStart }: Judging,
): Promise<Judgement> => {
  const cpuMs = task.cpuLimitMs ?? limits.cpuLimitMs;
  const job = { taskKey: keyOf(task), task: taskPart(task), program, cpuMs, memoryBytes: limits.memoryBytes };
  const run = async (slot: Slot): Promise<Judgement> => {
    onStart();
    return asJudgement(task, await slot.ask(job, answerLimitMs(cpuMs)));
  };
  const first = await unlessDied(pool.use(run, { signal, patienceMs: patienceMs(cpuMs) }));
  if (first && first.verdict !== 'none') return first;
  for (const ms of backOffMs) {
    await wait(ms, undefined, { signal }).catch(() => signal?.throwIfAborted());
    const alone = await unlessDied(pool.useFresh(run));
    if (alone && alone.verdict !== 'none') return alone;
    if (alone) continue;
    const control = await pool.useFresh(tryControl).catch((failure: Error) => failure.message);
    if (control === undefined) return brokeItsJail(task);
  }
  return noVerdict;
};
