import type { EngineEnd } from './engine/engine.js';

/**
 * How a command in a jail ended. `memory` is a SIGKILL that nobody here sent: the kernel's out-of-memory killer (a
 * program that only hits RLIMIT_AS sees failed allocations and ends as it likes). `refused` means the jail was never
 * entered: a policy that this machine or engine can't give, a command that is not there.
 */
export type RunOutcome =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'timeout' }
  | { kind: 'memory' }
  | { kind: 'outputLimit' }
  | { kind: 'refused'; reason: string };

/** What the one who ran the jail knows beside the engine's words. */
export interface EndFacts {
  end: EngineEnd;
  elapsedMs: number;
  cpuSeconds: number | undefined;
  stopped: 'timeout' | 'outputLimit' | 'closed' | undefined;
}

const signalOutcome = (signal: string, { elapsedMs, cpuSeconds }: EndFacts): RunOutcome => {
  if (signal === 'SIGXCPU') return { kind: 'timeout' };
  if (signal !== 'SIGKILL') return { kind: 'signal', signal };
  return cpuSeconds !== undefined && elapsedMs >= cpuSeconds * 1000 ? { kind: 'timeout' } : { kind: 'memory' };
};

/** The outcome, from what the engine said and what was done to it from here. */
export const outcomeOf = (facts: EndFacts): RunOutcome => {
  const { end, stopped } = facts;
  if (stopped === 'timeout' || stopped === 'outputLimit') return { kind: stopped };
  if (end.outOfTime) return { kind: 'timeout' };
  if (end.entered && end.signal !== undefined)
    return stopped === 'closed' ? { kind: 'signal', signal: end.signal } : signalOutcome(end.signal, facts);
  if (end.entered && end.code !== undefined) return { kind: 'exit', code: end.code };
  if (stopped === 'closed') return { kind: 'signal', signal: 'SIGKILL' };
  return { kind: 'refused', reason: end.failure };
};
