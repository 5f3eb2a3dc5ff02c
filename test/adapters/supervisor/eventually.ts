import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for a condition of another process's making; by default nearly as long as a test of a pure layer may take.
 * @throws Error naming it when it does not come about in time
 */
export const eventually = async (what: string, holds: () => boolean | Promise<boolean>, withinMs = 100_000) => {
  const until = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(15);
  }
};
