import { Worker } from 'node:worker_threads';
import type { ModelAnswer } from '../../../activities/ports.js';
import { NextuneFailure } from '../../../contract/failures.js';
import { resourcePath } from '../../paths.js';
import { hideKey } from '../hide-key.js';
import type { EndpointOptions } from '../openai-client.js';
import { stoppable } from '../stoppable.js';
import type { Ask, CrossedFailure, FromThread, Settled, ThreadData, ToThread } from './protocol.js';

interface Waiting {
  resolve(answer: ModelAnswer): void;
  reject(error: Error): void;
}

/** A running thread. While none waits for it, it keeps no process alive. */
export interface Asker {
  /** A request that its caller stops is waited for until the thread has let go of it. */
  ask(endpoint: number, options: EndpointOptions, ask: Ask, caller: AbortSignal | undefined): Promise<ModelAnswer>;
  close(): Promise<void>;
}

/** The built file: tests run from source, a thread has no transform. */
const entry = (): string => resourcePath('dist', 'adapters', 'model', 'thread', 'entry.js');

/** Those who wait for an answer, by id. `onChange` is told how many. */
const createWaiting = (onChange: (count: number) => void) => {
  const waiting = new Map<number, Waiting>();
  const take = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    onChange(waiting.size);
    return one;
  };
  return {
    add: (id: number): Promise<ModelAnswer> => {
      const answer = new Promise<ModelAnswer>((resolve, reject) => waiting.set(id, { resolve, reject }));
      onChange(waiting.size);
      return answer;
    },
    settle(settled: Settled): void {
      const one = take(settled.id);
      if ('answer' in settled) one?.resolve(settled.answer);
      else one?.reject(failureOf(settled.failure));
    },
    fail(error: Error): void {
      for (const id of [...waiting.keys()]) take(id)?.reject(error);
    },
  };
};

/** Starts a thread; `onDeath` is told when it has ended, before those who waited are. */
export const startAsker = (data: ThreadData, onDeath: (why: NextuneFailure) => void): Asker => {
  const thread = new Worker(entry(), { workerData: data });
  const waiting = createWaiting((count) => (count > 0 ? thread.ref() : thread.unref()));
  const opened = new Map<number, EndpointOptions>();
  let lastId = 0;
  let ready = false;
  let cause: Error | undefined;
  const send = (message: ToThread): void => thread.postMessage(message);
  thread.unref();
  thread.on('message', (message: FromThread) => {
    if (message.type === 'ready') ready = true;
    else waiting.settle(message);
  });
  thread.on('error', (error: Error) => {
    cause = error;
  });
  // Answers that were on their way have come by then, which at 'error' they may not have.
  thread.on('exit', (code) => {
    const why = died(ready, cause ?? new Error(`exit code ${code}`));
    for (const { apiKey } of opened.values()) hideKey(why, apiKey);
    onDeath(why);
    waiting.fail(why);
  });
  return {
    ask(endpoint, options, ask, caller) {
      if (!opened.has(endpoint)) send({ type: 'open', endpoint, options });
      opened.set(endpoint, options);
      const id = ++lastId;
      return stoppable(
        caller,
        () => send({ type: 'stop', id }),
        () => {
          send({ type: 'ask', id, endpoint, ...ask });
          return waiting.add(id);
        },
      );
    },
    close: async () => void (await thread.terminate()),
  };
};

const failureOf = ({ kind, message, retryAfterMs }: CrossedFailure): Error =>
  kind
    ? new NextuneFailure(kind, message, { ...(retryAfterMs !== undefined && { retryAfterMs }) })
    : new Error(message);

/** Of a thread that had started nobody knows which requests went out, so they count as such that may have been paid. */
const died = (ready: boolean, cause: Error): NextuneFailure =>
  ready
    ? new NextuneFailure('modelSilent', `the thread that asks models ended: ${cause.message}`, { cause })
    : new NextuneFailure('modelUnavailable', `the thread that asks models did not start: ${cause.message}`, { cause });
