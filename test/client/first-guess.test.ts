import type { CampaignView } from '../../client/campaigns.js';
import { progressLine } from '../../client/cli/progress-line.js';
import { guessFrom } from '../../client/first-guess.js';
import type { StepProgress } from '../../contract/campaign.js';

const viewOf = (step: Partial<StepProgress> = {}, round = 1): CampaignView => ({
  campaign: 'c',
  state: 'running',
  progress: { phase: 'round', round, rounds: 2, checkpoints: [] },
  step: {
    step: 'train',
    unit: 'samples',
    done: 0,
    total: 192,
    passes: 0,
    startedAtMs: 0,
    worked: { spans: [], made: 0 },
    busySinceMs: 1000,
    ...step,
  },
});

describe('the first guess at a step', () => {
  it('is by the engine’s speed while all answers are still being written, and counts down', () => {
    const guess = guessFrom(viewOf(), 134, 31_000);
    expect(guess).toEqual({ perSecond: 1, leftMs: 162_000 });
    const line = progressLine({ ...viewOf(), ...(guess && { guess }) }, 31_000);
    expect(line).toBe('round 1/2: sampling fixes 0/192 samples (about 2m42s left, by the engine’s speed)');
  });

  it('takes a tuned model’s answers for as short as they are', () => {
    expect(guessFrom(viewOf({}, 2), 105, 1000)?.perSecond).toBe(1);
    expect(guessFrom(viewOf({ step: 'dev' }), 105, 1000)?.perSecond).toBe(1);
  });

  it('is none where nothing is sampled, nothing is under way, or it has run out', () => {
    expect(guessFrom(viewOf({ unit: 'steps' }), 134, 1000)).toBeUndefined();
    const { busySinceMs: _none, ...idle } = viewOf().step as StepProgress;
    expect(guessFrom({ ...viewOf(), step: idle }, 134, 1000)).toBeUndefined();
    expect(guessFrom(viewOf(), 134, 200_000)).toBeUndefined();
  });

  it('gives way to the step’s own pace once as many answers are there as the engine writes side by side', () => {
    const worked = (made: number) => ({ spans: [{ fromMs: 1000, toMs: 65_000 }], made });
    expect(guessFrom(viewOf({ done: 8, worked: worked(8) }), 134, 65_000)?.leftMs).toBe(120_000);
    expect(guessFrom(viewOf({ done: 64, worked: worked(64) }), 134, 65_000)).toBeUndefined();
    expect(progressLine(viewOf({ done: 64, worked: worked(64) }), 65_000)).toContain('1.00 samples/s, 2m08s left');
  });
});
