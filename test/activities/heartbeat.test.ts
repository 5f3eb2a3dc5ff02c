import { once } from 'node:events';
import { MockActivityEnvironment } from '@temporalio/testing';
import { underHeartbeat } from '../../activities/heartbeat.js';

describe('an activity under heartbeats', () => {
  it('keeps telling what the attempt before had, without its time, until it has news', async () => {
    const environment = new MockActivityEnvironment({
      heartbeatTimeoutMs: 1,
      heartbeatDetails: { done: 20, total: 64, atMs: 90_000 },
    });
    const beats: unknown[] = [];
    environment.on('heartbeat', (details) => beats.push(details));
    await environment.run(() =>
      underHeartbeat<void, { done: number; total: number }>(async ({ onProgress }) => {
        onProgress({ done: 24, total: 64 });
        await once(environment, 'heartbeat');
      }),
    );
    expect(beats[0]).toEqual({ done: 20, total: 64 });
    expect(beats.at(-1)).toEqual({ done: 24, total: 64, atMs: expect.any(Number) });
  });

  it('has nothing to tell at its first start', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 1 });
    const first = once(environment, 'heartbeat');
    await environment.run(() => underHeartbeat<void, object>(() => Promise.resolve()));
    expect(await first).toEqual([undefined]);
  });
});
