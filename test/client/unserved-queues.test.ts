import type { Client } from '@temporalio/client';
import { unservedLines } from '../../client/cli/trouble-lines.js';
import type { PendingActivity, PendingWorkflow } from '../../client/pending-work.js';
import { unservedQueues } from '../../client/unserved-queues.js';

const nowMs = 1_000_000_000;
const ago = (seconds: number) => ({ seconds: nowMs / 1000 - seconds, nanos: 0 });
const worker = (identity: string, status: number, seconds: number) => ({
  workerHeartbeat: { workerIdentity: identity, status, heartbeatTime: ago(seconds) },
});
const running = 1;
const shuttingDown = 2;

interface Known {
  pollers?: { identity: string; lastAccessTime: ReturnType<typeof ago> }[];
  /** Undefined is a server that keeps no account of workers. */
  workers?: ReturnType<typeof worker>[];
}

const serverWith = ({ pollers = [], workers }: Known): Client =>
  ({
    options: { namespace: 'default' },
    workflowService: {
      describeTaskQueue: () => Promise.resolve({ pollers }),
      listWorkers: () =>
        workers ? Promise.resolve({ workersInfo: workers }) : Promise.reject(new Error('unimplemented')),
    },
  }) as unknown as Client;

const activity = (waitingSinceMs: number | undefined) =>
  ({ name: 'fineTune', queue: 'nextune-trainer', waitingSinceMs }) as PendingActivity;
const workOf = (activities: PendingActivity[], task?: PendingWorkflow['task']): PendingWorkflow[] => [
  { workflowId: 'nextune/c/round-1', activities, task },
];
const waiting = workOf([activity(nowMs - 65_000)]);
const poller = (identity: string, seconds: number) => ({ identity, lastAccessTime: ago(seconds) });

describe('a queue that no worker takes work of', () => {
  it.each<[string, Known, boolean]>([
    ['nobody ever asked', {}, true],
    ['a worker asks', { pollers: [poller('1@gpu', 50)] }, false],
    ['who asked is gone for longer than a poll waits', { pollers: [poller('1@gpu', 120)] }, true],
    ['a worker has its hands full and tells of itself', { workers: [worker('1@gpu', running, 40)] }, false],
    ['the worker that told of itself is silent', { workers: [worker('1@gpu', running, 400)] }, true],
    [
      'who asked a moment ago is shutting down',
      { pollers: [poller('1@gpu', 5)], workers: [worker('1@gpu', shuttingDown, 5)] },
      true,
    ],
    [
      'another took its place',
      { pollers: [poller('1@gpu', 5), poller('2@gpu', 1)], workers: [worker('1@gpu', shuttingDown, 5)] },
      false,
    ],
  ])('%s', async (_what, known, isUnserved) => {
    const found = await unservedQueues(serverWith(known), waiting, nowMs);
    expect(found.map(({ queue }) => queue)).toEqual(isUnserved ? ['nextune-trainer'] : []);
  });

  it('is told with what waits there, since when, and what to do', async () => {
    const found = await unservedQueues(serverWith({}), waiting, nowMs);
    const [line, advice] = unservedLines(found, nowMs);
    expect(line).toBe('waiting for 1m05s: fineTune, as no worker takes work of queue nextune-trainer');
    expect(advice).toContain('--queues trainer');
  });

  it('is that of workflows where a workflow’s own turn waits', async () => {
    const task = { attempt: 1, sinceMs: nowMs - 9000, isStarted: false };
    const found = await unservedQueues(serverWith({}), workOf([], task), nowMs);
    expect(found).toMatchObject([{ queue: 'nextune-control', steps: ['workflow'], sinceMs: nowMs - 9000 }]);
    expect(await unservedQueues(serverWith({}), workOf([], { ...task, isStarted: true }), nowMs)).toEqual([]);
  });

  it('is none while its work runs or waits for its next attempt', async () => {
    expect(await unservedQueues(serverWith({}), workOf([activity(undefined)]), nowMs)).toEqual([]);
  });
});
