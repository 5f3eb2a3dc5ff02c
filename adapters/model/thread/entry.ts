import { parentPort, workerData } from 'node:worker_threads';
import type { ModelClient, RequestLog } from '../../../activities/ports.js';
import { NextuneFailure } from '../../../contract/failures.js';
import { openFolderRequests } from '../../store/folder-requests.js';
import { hideKey } from '../hide-key.js';
import { createOpenAiClient, type EndpointOptions } from '../openai-client.js';
import type { CrossedFailure, FromThread, ThreadData, ToThread } from './protocol.js';

/** A bucket's client is loaded where there is a bucket: its code is larger than all else in this thread. */
const openRequests = async ({ campaignsDir, s3 }: ThreadData): Promise<RequestLog> => {
  if (!s3) return openFolderRequests(campaignsDir);
  const { openS3Objects } = await import('../../store/s3-objects.js');
  const { openS3Requests } = await import('../../store/s3-store.js');
  return openS3Requests(openS3Objects(s3));
};

const crossing = (error: unknown): CrossedFailure => {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof NextuneFailure)) return { message };
  const { kind, retryAfterMs } = error;
  return { message, kind, ...(retryAfterMs !== undefined && { retryAfterMs }) };
};

/** Settings that make no client fail the requests that come with them, and nobody else's. */
const openClient = (options: EndpointOptions, requests: RequestLog): ModelClient => {
  try {
    return createOpenAiClient({ ...options, requests });
  } catch (cause) {
    const { message } = hideKey(cause as Error, options.apiKey);
    const failure = new NextuneFailure('configInvalid', `${options.baseUrl} can't be asked: ${message}`);
    return { concurrency: options.concurrency, complete: () => Promise.reject(failure) };
  }
};

/** Answers what it is told, in any order, until its caller ends it. */
const main = async (): Promise<void> => {
  const requests = await openRequests(workerData as ThreadData);
  const clients = new Map<number, ModelClient>();
  const stops = new Map<number, AbortController>();
  const tell = (message: FromThread): void => parentPort?.postMessage(message);
  const ask = async ({ id, endpoint, request, work }: Extract<ToThread, { type: 'ask' }>): Promise<void> => {
    const stop = new AbortController();
    stops.set(id, stop);
    await (clients.get(endpoint) as ModelClient)
      .complete(request, { ...work, signal: stop.signal })
      .then((answer) => tell({ type: 'settled', id, answer }))
      .catch((error: unknown) => tell({ type: 'settled', id, failure: crossing(error) }));
    stops.delete(id);
  };
  parentPort?.on('message', (message: ToThread) => {
    if (message.type === 'open') clients.set(message.endpoint, openClient(message.options, requests));
    else if (message.type === 'stop') stops.get(message.id)?.abort();
    else void ask(message);
  });
  tell({ type: 'ready' });
};

await main();
