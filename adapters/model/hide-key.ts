import { inspect } from 'node:util';

/** What stands where a key was quoted. */
const hidden = '[the key]';

/** Shorter ones are placeholders (`none`, `EMPTY`) that guard nothing, and words of any message. */
const shortestKey = 8;

/**
 * Takes a key out of an error and its causes: endpoints quote what they were sent, and what they say goes to logs and histories.
 * The same error comes back.
 */
export const hideKey = <Failure>(error: Failure, apiKey = ''): Failure => {
  if (apiKey.length < shortestKey) return error;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.message.includes(apiKey)) at.message = at.message.replaceAll(apiKey, hidden);
    if (at.stack?.includes(apiKey)) at.stack = at.stack.replaceAll(apiKey, hidden);
    // The library keeps the whole answer beside its message.
    for (const [name, value] of Object.entries(at))
      if (inspect(value).includes(apiKey)) Reflect.deleteProperty(at, name);
  }
  return error;
};
