/** Restarts so far: `inARow` since the component was last healthy for long, `neverReady` since it was last ready. */
export interface FailureCount {
  inARow: number;
  neverReady: number;
  /** Since it last ended for another reason than that it lacked what comes back by itself. */
  passing: number;
}
export const noFailures: FailureCount = { inARow: 0, neverReady: 0, passing: 0 };

export type Decision = { kind: 'restart'; delayMs: number } | { kind: 'giveUp'; reason: string };

const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** One that worked for a while works again, whatever ended it: a campaign should not stand still for it. */
const workedMs = 5000;
const longestAfterWorkMs = 4000;
const healthyMs = 60_000;
/** A component that can't start at all is given up soon, one that keeps falling over after it ran is given longer. */
export const mostNeverReady = 5;
const mostInARow = 20;
/** What it lacks may be back at any moment, and a campaign stands still. */
const longestPassingMs = 10_000;

/** `readyForMs` is how long the component had been ready when it ended; undefined when it never was. */
export const afterExit = (
  before: FailureCount,
  readyForMs: number | undefined,
  passing = false,
): { count: FailureCount; decision: Decision } => {
  if (passing) {
    const count = { ...before, passing: before.passing + 1 };
    return {
      count,
      decision: { kind: 'restart', delayMs: Math.min(longestPassingMs, firstDelayMs * 2 ** before.passing) },
    };
  }
  const healthy = readyForMs !== undefined && readyForMs >= healthyMs;
  const count = {
    inARow: (healthy ? 0 : before.inARow) + 1,
    neverReady: readyForMs === undefined ? before.neverReady + 1 : 0,
    passing: 0,
  };
  if (count.neverReady >= mostNeverReady) {
    return { count, decision: { kind: 'giveUp', reason: `it did not get ready ${count.neverReady} times in a row` } };
  }
  if (count.inARow >= mostInARow) {
    const reason = `it ended ${count.inARow} times without ${healthyMs / 1000} s of health in between`;
    return { count, decision: { kind: 'giveUp', reason } };
  }
  const longestMs = (readyForMs ?? 0) < workedMs ? longestDelayMs : longestAfterWorkMs;
  return {
    count,
    decision: { kind: 'restart', delayMs: Math.min(longestMs, firstDelayMs * 2 ** (count.inARow - 1)) },
  };
};
