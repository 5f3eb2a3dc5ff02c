import OpenAI from 'openai';
import { stoppable } from './stoppable.js';

/**
 * The library's own timeout ends with the headers; an endpoint may fall silent in the middle of a body too. One controller and one
 * timer: signals that follow other signals cost a finalizer each, and a caller's long-lived one keeps them.
 * @throws APIConnectionTimeoutError when time is up, the caller's own reason when it stopped the work
 */
export const withinTime = async <Answer>(
  timeoutMs: number,
  caller: AbortSignal | undefined,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> => {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = setTimeout(stop, timeoutMs);
  try {
    return await stoppable(caller, stop, () => ask(controller.signal));
  } catch (error) {
    if (controller.signal.aborted && !caller?.aborted) throw new OpenAI.APIConnectionTimeoutError();
    throw error;
  } finally {
    clearTimeout(timer);
  }
};
