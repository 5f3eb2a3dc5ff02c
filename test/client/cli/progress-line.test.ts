import { formatDuration, progressLine } from '../../../client/cli/progress-line.js';
import type { StepProgress } from '../../../contract/campaign.js';

const step = (overrides: Partial<StepProgress> = {}): StepProgress => ({
  step: 'train',
  unit: 'samples',
  done: 20,
  total: 100,
  passes: 3,
  startedAtMs: 0,
  worked: { spans: [{ fromMs: 0, toMs: 10_000 }], made: 20 },
  ...overrides,
});

describe('the progress line', () => {
  it('names round, step, count, passes, rate and time left', () => {
    const progress = { phase: 'round' as const, round: 1, rounds: 2, checkpoints: [] };
    const line = progressLine({ campaign: 'c', state: 'running', progress, step: step() }, 10_000);
    expect(line).toBe('round 1/2: sampling fixes 20/100 samples, 3 passed (2.00 samples/s, 40s left)');
  });

  it('promises no time before anything is done', () => {
    const progress = { phase: 'base' as const, round: 0, rounds: 2, checkpoints: [] };
    const nothing = step({ done: 0, worked: { spans: [], made: 0 } });
    const line = progressLine({ campaign: 'c', state: 'running', progress, step: nothing }, 5000);
    expect(line).toBe('base: sampling fixes 0/100 samples, 3 passed (5s)');
  });

  it('says so while no worker answers', () => {
    const view = { campaign: 'c', state: 'running' as const, progress: undefined, step: undefined };
    expect(progressLine(view, 0)).toBe('running: no worker answers right now');
  });

  it.each([
    [12_000, '12s'],
    [185_000, '3m05s'],
    [3_725_000, '1h02m'],
    [-5, '0s'],
  ])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
