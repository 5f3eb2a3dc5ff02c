import type { Client } from '@temporalio/client';
import { failingSteps } from '../../client/failing-steps.js';
import { interruptedSteps } from '../../client/interrupted-steps.js';
import { pendingWork } from '../../client/pending-work.js';

/** A client of a server that holds one workflow so, with this history. */
const serverWith = (raw: Record<string, unknown>, events: Record<string, unknown>[] = []): Client => {
  const handle = { describe: () => Promise.resolve({ raw }), fetchHistory: () => Promise.resolve({ events }) };
  return { workflow: { getHandle: () => handle } } as unknown as Client;
};
const failingAt = async (client: Client) => await failingSteps(client, await pendingWork(client, 'nextune/c'));
const taskFailed = (message: string) => ({ workflowTaskFailedEventAttributes: { failure: { message } } });
const stuckWith = async (...events: Record<string, unknown>[]) => {
  const [step] = await failingAt(serverWith({ pendingWorkflowTask: { attempt: 4 } }, events));
  return step;
};

describe('what fails in a campaign', () => {
  it('is told with what the workflow code said, and what to do about it', async () => {
    const step = await stuckWith(taskFailed('an older one'), taskFailed('[TMPRL1100] Nondeterminism error'), {});
    expect(step).toMatchObject({ step: 'workflow', attempt: 4, lastError: '[TMPRL1100] Nondeterminism error' });
    expect(step?.advice).toContain('run the version that started it');
  });

  it('is no fault of the code where its worker dies of each task', async () => {
    const step = await stuckWith({ workflowTaskTimedOutEventAttributes: {} });
    expect(step?.lastError).toContain('no worker has finished its task');
    expect(step?.advice).toContain('nextune up starts them');
  });

  it.each(['Unknown encoding: binary/encrypted', 'payload encrypted with key 12, which is not among 34'])(
    'is the payload key where that is missing: %s',
    async (said) => {
      expect((await stuckWith(taskFailed(said)))?.advice).toContain('NEXTUNE_PAYLOAD_KEY_FILE');
      const lastFailure = { message: `Failed to parse activity args: ${said}`, applicationFailureInfo: { type: 'x' } };
      const [step] = await failingAt(serverWith({ pendingActivities: [{ attempt: 2, activityId: '1', lastFailure }] }));
      expect(step?.advice).toContain('NEXTUNE_PAYLOAD_KEY_FILE');
    },
  );

  it('is nothing while a task is tried for the first or second time', async () => {
    expect(await failingAt(serverWith({ pendingWorkflowTask: { attempt: 2 } }))).toEqual([]);
  });
});

describe('what stopping a worker cut off', () => {
  const second = (seconds: number) => ({ seconds, nanos: 0 });
  /** Tried again a second after its failure, as its retry policy has it; its heartbeat timeout is 6 s. */
  const failedAt = (seconds: number, lastFailure: Record<string, unknown>, state = 2) => ({
    activityId: '1',
    activityType: { name: 'sample' },
    state,
    attempt: 2,
    scheduledTime: second(seconds + 1),
    lastStartedTime: second(seconds + 2),
    activityOptions: {
      heartbeatTimeout: second(6),
      retryPolicy: { initialInterval: second(1), backoffCoefficient: 1.5, maximumInterval: second(60) },
    },
    lastFailure,
  });
  const givenBack = { message: 'Worker is shutting down', applicationFailureInfo: { type: 'WorkerShutdown' } };
  const silent = { message: 'activity Heartbeat timeout', timeoutFailureInfo: { timeoutType: 3 } };
  const refused = { message: 'no', applicationFailureInfo: { type: 'nextune.model.unavailable' } };
  const toldOf = async (activity: Record<string, unknown>, workerSinceMs?: number) => {
    const client = serverWith({ pendingActivities: [activity] });
    const work = await pendingWork(client, 'nextune/c');
    const [failing] = await failingSteps(client, work, workerSinceMs);
    const [interrupted] = interruptedSteps(work, workerSinceMs);
    return { failing: failing?.lastError, goesOn: interrupted?.goesOn };
  };

  it.each([
    ['given back by its worker', givenBack, 100, 90_000, { goesOn: true }],
    ['given back by its worker, wherever that was', givenBack, 100, undefined, { goesOn: true }],
    ['silent from before the worker was ready', silent, 100, 95_000, { goesOn: true }],
    ['silent while none is ready', silent, 100, Number.POSITIVE_INFINITY, { goesOn: true }],
    ['silent though its worker was ready', silent, 100, 90_000, { failing: 'activity Heartbeat timeout' }],
    ['silent where no worker is known here', silent, 100, undefined, { failing: 'activity Heartbeat timeout' }],
    ['failed before the worker was ready', refused, 80, 95_000, { failing: 'no' }],
  ])('%s', async (_what, failure, at, since, told) => {
    expect(await toldOf(failedAt(at, failure), since)).toEqual({ failing: undefined, goesOn: undefined, ...told });
  });

  it('waits for a worker while none has it', async () => {
    expect(await toldOf(failedAt(100, givenBack, 1), 90_000)).toEqual({ failing: undefined, goesOn: false });
  });
});
