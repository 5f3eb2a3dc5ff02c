import type { ModelClient } from '../../../activities/ports.js';
import { NextuneFailure } from '../../../contract/failures.js';
import { countTokens } from '../count-tokens.js';
import type { EndpointOptions } from '../openai-client.js';
import { type Asker, startAsker } from './asker.js';
import type { ThreadData } from './protocol.js';

/** Clients of endpoints that share a thread, which starts with the first of them. */
export interface ThreadedClients {
  open(options: EndpointOptions): ModelClient;
  /** Fails what waits for an answer, and every later request. */
  close(): Promise<void>;
}

/**
 * Endpoints are asked from a thread of their own: what else a worker does, judging and writing, would keep each answer
 * waiting, and with it the next request in its place. What the client itself does is said at `createOpenAiClient`.
 * A thread that died is told of (`onDeath`), fails what waits for it, and is started again by the next request.
 */
export const openThreadedClients = (
  data: ThreadData,
  onDeath: (why: Error) => void,
  start = startAsker,
): ThreadedClients => {
  let asker: Asker | undefined;
  let endpoints = 0;
  let closed = false;
  const running = (): Asker => {
    if (closed) throw new NextuneFailure('modelUnavailable', 'no model is asked any more: this worker is ending');
    asker ??= start(data, (why) => {
      asker = undefined;
      if (!closed) onDeath(why);
    });
    return asker;
  };
  return {
    open(options) {
      const endpoint = ++endpoints;
      // Loading takes it a second on a busy machine, which the first request need not wait for.
      if (!closed) running();
      return {
        concurrency: options.concurrency,
        countTokens: (request) => countTokens(options, request),
        complete: async (request, { signal, ...work } = {}) =>
          await running().ask(endpoint, options, { request, work }, signal),
      };
    },
    async close() {
      closed = true;
      await asker?.close();
    },
  };
};
