import { setMaxListeners } from 'node:events';
import OpenAI from 'openai';

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
  caller?.throwIfAborted();
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = setTimeout(stop, timeoutMs);
  // As many listeners as requests in flight are no leak.
  if (caller) setMaxListeners(0, caller);
  caller?.addEventListener('abort', stop, { once: true });
  try {
    return await ask(controller.signal);
  } catch (error) {
    if (controller.signal.aborted && !caller?.aborted) throw new OpenAI.APIConnectionTimeoutError();
    caller?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener('abort', stop);
  }
};
