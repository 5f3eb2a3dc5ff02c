import type { Client } from '@temporalio/client';
import { failingSteps } from '../../client/failing-steps.js';

/** A client of a server that holds one workflow so, with this history. */
const serverWith = (raw: Record<string, unknown>, events: Record<string, unknown>[] = []): Client => {
  const handle = { describe: () => Promise.resolve({ raw }), fetchHistory: () => Promise.resolve({ events }) };
  return { workflow: { getHandle: () => handle } } as unknown as Client;
};
const taskFailed = (message: string) => ({ workflowTaskFailedEventAttributes: { failure: { message } } });
const stuckWith = async (...events: Record<string, unknown>[]) => {
  const [step] = await failingSteps(serverWith({ pendingWorkflowTask: { attempt: 4 } }, events), 'nextune/c');
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
      const [step] = await failingSteps(
        serverWith({ pendingActivities: [{ attempt: 2, activityId: '1', lastFailure }] }),
        'nextune/c',
      );
      expect(step?.advice).toContain('NEXTUNE_PAYLOAD_KEY_FILE');
    },
  );

  it('is nothing while a task is tried for the first or second time', async () => {
    expect(await failingSteps(serverWith({ pendingWorkflowTask: { attempt: 2 } }), 'nextune/c')).toEqual([]);
  });
});
