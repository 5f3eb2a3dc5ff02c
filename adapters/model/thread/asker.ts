import { Worker } from 'node:worker_threads';
import type { ModelAnswer } from '../../../activities/ports.js';
import { NextuneFailure } from '../../../contract/failures.js';
import { resourcePath } from '../../paths.js';
import type { EndpointOptions } from '../openai-client.js';
import type { Ask, CrossedFailure, FromThread, ThreadData, ToThread } from './protocol.js';

interface Waiting {
  resolve(answer: ModelAnswer): void;
  reject(error: Error): void;
}

/** A running thread. While none waits for it, it keeps no process alive. */
export interface Asker {
  ask(endpoint: number, options: EndpointOptions, ask: Ask): { id: number; answer: Promise<ModelAnswer> };
  stop(id: number): void;
  close(): Promise<void>;
}

/** The built file: tests run from source, a thread has no transform. */
const entry = (): string => resourcePath('dist', 'adapters', 'model', 'thread', 'entry.js');

/** Starts a thread; `onDeath` is told when it ended by itself, after all who waited have been. */
export const startAsker = (data: ThreadData, onDeath: () => void): Asker => {
  const thread = new Worker(entry(), { workerData: data });
  const waiting = new Map<number, Waiting>();
  const opened = new Set<number>();
  let lastId = 0;
  const send = (message: ToThread): void => thread.postMessage(message);
  const settle = (id: number, how: (one: Waiting) => void): void => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) thread.unref();
    if (one) how(one);
  };
  let dead = false;
  const die = (error: Error): void => {
    if (dead) return;
    dead = true;
    onDeath();
    for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(died(error)));
  };
  thread.unref();
  thread.on('message', (message: FromThread) =>
    settle(message.id, ({ resolve, reject }) =>
      'answer' in message ? resolve(message.answer) : reject(failureOf(message.failure)),
    ),
  );
  thread.once('error', die).once('exit', () => die(new Error('it was told to')));
  return {
    ask(endpoint, options, ask) {
      if (!opened.has(endpoint)) send({ type: 'open', endpoint, options });
      opened.add(endpoint);
      const id = ++lastId;
      const answer = new Promise<ModelAnswer>((resolve, reject) => waiting.set(id, { resolve, reject }));
      thread.ref();
      send({ type: 'ask', id, endpoint, ...ask });
      return { id, answer };
    },
    stop: (id) => send({ type: 'stop', id }),
    async close() {
      await thread.terminate();
    },
  };
};

const failureOf = ({ kind, message, retryAfterMs }: CrossedFailure): Error =>
  kind
    ? new NextuneFailure(kind, message, { ...(retryAfterMs !== undefined && { retryAfterMs }) })
    : new Error(message);

/** Whether requests went out is unknown then, so they count as such that may have been paid. */
const died = (cause: Error): NextuneFailure =>
  new NextuneFailure('modelSilent', `the thread that asks models ended: ${cause.message}`, { cause });
