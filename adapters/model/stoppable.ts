import { setMaxListeners } from 'node:events';

/**
 * Waits for work that `stop` ends when the caller's signal aborts meanwhile.
 * @throws the caller's own reason when it stopped the work
 */
export const stoppable = async <Answer>(
  caller: AbortSignal | undefined,
  stop: () => void,
  work: () => Promise<Answer>,
): Promise<Answer> => {
  caller?.throwIfAborted();
  // As many listeners as requests in flight are no leak.
  if (caller) setMaxListeners(0, caller);
  caller?.addEventListener('abort', stop, { once: true });
  try {
    return await work();
  } catch (error) {
    caller?.throwIfAborted();
    throw error;
  } finally {
    caller?.removeEventListener('abort', stop);
  }
};
