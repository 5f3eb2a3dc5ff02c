import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { TrainBeat } from '../../activities/fine-tune.js';
import { createActivities } from '../../activities/index.js';
import type { Trainer, TrainProgress } from '../../activities/ports.js';
import { putRows } from '../../activities/rows.js';
import { campaignConfigSchema } from '../../contract/config.js';
import { fakeDeps } from '../fakes/deps.js';

const { trainer: config } = campaignConfigSchema.parse({ data: { tasks: 't' }, model: { kind: 'embedded' } });
const told = (phase: TrainProgress['phase'], step: number): TrainProgress => ({
  phase,
  step,
  totalSteps: phase === 'load' ? 0 : 100,
  loss: null,
  tokensPerSecond: null,
});

describe('fine-tune', () => {
  it('tells by heartbeat from which step this attempt trains, so that its speed is its own', async () => {
    const deps = fakeDeps(() => ({ concurrency: 1, complete: () => Promise.reject(new Error('no model is asked')) }));
    const usual = deps.trainer('base');
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 1 });
    const beats: TrainBeat[] = [];
    environment.on('heartbeat', (details: TrainBeat | undefined) => details && beats.push(details));
    const trainer: Trainer = {
      async train(job, work) {
        for (const progress of [told('load', 0), told('train', 41), told('train', 42)]) {
          work?.onProgress?.(progress);
          await once(environment, 'heartbeat');
        }
        return await usual.train(job);
      },
    };
    const training = await putRows(deps.store, [{ taskId: 'a' }]);
    const { fineTune } = createActivities({ ...deps, trainer: () => trainer });
    await environment.run(fineTune, { training, seed: '1', trainer: config, base: 'base' });
    const last = beats.at(-1);
    expect(beats[0]).not.toHaveProperty('from');
    expect(last).toMatchObject({ step: 42, totalSteps: 100, from: { step: 41 } });
    expect(last?.from?.atMs).toBeGreaterThanOrEqual((beats[0] as TrainBeat & { atMs: number }).atMs);
    await rm(deps.dir, { recursive: true });
  });
});
