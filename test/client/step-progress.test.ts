import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { stepProgress } from '../../client/step-progress.js';
import type { CampaignProgress } from '../../contract/campaign.js';

const at = (ms: number) => ({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 });
const beating = (name: string, beat?: unknown) => ({
  activityId: '1',
  activityType: { name },
  state: 2,
  attempt: 1,
  lastStartedTime: at(10_000),
  lastHeartbeatTime: at(20_000),
  heartbeatDetails: { payloads: beat === undefined ? [] : [defaultPayloadConverter.toPayload(beat)] },
});
/** Its sampling ended at 18 s, after 8 s. */
const drawn = [
  { eventId: 5, activityTaskScheduledEventAttributes: { activityType: { name: 'sample' } } },
  {
    eventId: 7,
    eventTime: at(18_000),
    activityTaskCompletedEventAttributes: {
      scheduledEventId: 5,
      result: {
        payloads: [
          defaultPayloadConverter.toPayload({
            samples: { rows: 64 },
            askedGroups: 8,
            recordedGroups: 0,
            sampleMs: 8000,
          }),
        ],
      },
    },
  },
];

/** A server with one shard under way, so. */
const doneWith = async (pendingActivities: unknown[], events: unknown[] = []) => {
  const handle = {
    describe: () => Promise.resolve({ raw: { pendingActivities } }),
    fetchHistory: () => Promise.resolve({ events }),
  };
  const client = {
    workflow: { getHandle: () => handle },
    options: { loadedDataConverter: { payloadCodecs: [] } },
  } as unknown as Client;
  const active = { step: 'base-dev', unit: 'samples', done: 64, total: 256, passes: 0, startedAtMs: 0, active: ['s'] };
  const progress = { phase: 'base', round: 0, rounds: 1, checkpoints: [], step: active } as CampaignProgress;
  return await stepProgress(client, handle as unknown as WorkflowHandle, progress);
};

describe('the count of a step under way', () => {
  it('does not fall while a shard goes from drawing to judging, however little its judging has told', async () => {
    const sampling = await doneWith([beating('sample', { done: 60, total: 64, recorded: 0, atMs: 9000 })]);
    const between = await doneWith([], drawn);
    const unstarted = await doneWith([{ ...beating('verify'), state: 1 }], drawn);
    const judging = await doneWith([beating('verify', { done: 3, total: 64, atMs: 100 })], drawn);
    expect([sampling?.done, between?.done, unstarted?.done, judging?.done]).toEqual([124, 128, 128, 128]);
    expect(judging?.worked).toEqual({ spans: [{ fromMs: 10_000, toMs: 18_000 }], made: 64 });
  });

  it('is that of what is judged where an earlier attempt drew the samples', async () => {
    expect((await doneWith([beating('verify', { done: 3, total: 64, atMs: 100 })]))?.done).toBe(67);
  });
});
