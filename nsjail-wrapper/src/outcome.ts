/**
 * How a command in a jail ended. `memory` is a SIGKILL that nobody here sent: the kernel's out-of-memory killer (a
 * program that only hits RLIMIT_AS sees failed allocations and ends as it likes). `refused` means the jail was never
 * entered: nsjail missing, a policy this machine can't give, a command that is not there.
 */
export type RunOutcome =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'timeout' }
  | { kind: 'memory' }
  | { kind: 'outputLimit' }
  | { kind: 'refused'; reason: string };

/** What the one who ran the jail knows beside nsjail's log. */
export interface EndFacts {
  log: string;
  elapsedMs: number;
  cpuSeconds: number | undefined;
  stopped: 'timeout' | 'outputLimit' | 'closed' | undefined;
}

/** Lines that nsjail 3.6 writes when it reaps the jailed process. */
const exitedLine = /exited with status: (\d+)/;
const signalLine = /terminated with signal: (\w+)/;
const timeLine = /run time >= time limit/;
const failureLines = (log: string): string =>
  log
    .split('\n')
    .filter((line) => /^\[[WEF]\]/.test(line))
    .map((line) => line.replace(/^\[[WEF]\]\[[^\]]*\]\s*/, ''))
    .join('; ');

const signalOutcome = (signal: string, { elapsedMs, cpuSeconds }: EndFacts): RunOutcome => {
  if (signal === 'SIGXCPU') return { kind: 'timeout' };
  if (signal !== 'SIGKILL') return { kind: 'signal', signal };
  return cpuSeconds !== undefined && elapsedMs >= cpuSeconds * 1000 ? { kind: 'timeout' } : { kind: 'memory' };
};

/** Reads the outcome from nsjail's log, which the jailed process can't write to. */
export const outcomeOf = (facts: EndFacts): RunOutcome => {
  const entered = /Executing '/.test(facts.log) && !/execve\(.*\) failed/.test(facts.log);
  if (facts.stopped === 'timeout' || facts.stopped === 'outputLimit') return { kind: facts.stopped };
  if (timeLine.test(facts.log)) return { kind: 'timeout' };
  const signal = signalLine.exec(facts.log)?.[1];
  if (entered && signal !== undefined)
    return facts.stopped === 'closed' ? { kind: 'signal', signal } : signalOutcome(signal, facts);
  const code = exitedLine.exec(facts.log)?.[1];
  if (entered && code !== undefined) return { kind: 'exit', code: Number(code) };
  if (facts.stopped === 'closed') return { kind: 'signal', signal: 'SIGKILL' };
  return { kind: 'refused', reason: failureLines(facts.log) || facts.log.trim() || 'nsjail ended without a word' };
};
