import type { ReserveArgs } from '../../../contract/control.js';
import { changedLimits, costOf, judgeReservation, outOfHours } from '../../../core/control/limits.js';

const prices = { promptUsdPerMillionTokens: 0.5, completionUsdPerMillionTokens: 2 };
const args = (overrides: Partial<ReserveArgs>): ReserveArgs => ({
  campaign: 'c',
  groups: 2,
  samples: 16,
  maxTokens: 100,
  prices,
  limits: {},
  ...overrides,
});
const spend = { requests: 10, promptTokens: 10_000, completionTokens: 5000, costMicroUsd: 15_000 };

describe('a reservation', () => {
  it('is granted up to the limit and refused beyond it, prompts taken as long as before and answers as long as allowed', () => {
    const needed = 15_000 + 2 * 1000 + 16 * 100;
    expect(judgeReservation(args({ limits: { tokens: needed } }), spend).granted).toBe(true);
    const refused = judgeReservation(args({ limits: { tokens: needed - 1 } }), spend);
    expect(refused).toMatchObject({ granted: false });
    expect('reason' in refused && refused.reason).toBe(
      `the budget of ${needed - 1} tokens: 15000 are spent, and what comes next may take 3600`,
    );
  });

  it('counts money in millionths of a dollar by the prices of a million tokens', () => {
    expect(costOf({ promptTokens: 1_000_000, completionTokens: 1_000_000 }, prices)).toBe(2_500_000);
    expect(costOf({ promptTokens: 5, completionTokens: 5 }, undefined)).toBe(0);
    const more = 2 * 1000 * 0.5 + 16 * 100 * 2;
    expect(judgeReservation(args({ limits: { costMicroUsd: 15_000 + more } }), spend).granted).toBe(true);
    expect(judgeReservation(args({ limits: { costMicroUsd: 15_000 + more - 1 } }), spend).granted).toBe(false);
  });
});

describe('hours', () => {
  it('count work only, not the time in which a campaign was held', () => {
    const control = { budget: { hours: 1 }, startedAtMs: 0, heldMs: 600_000 };
    expect(outOfHours(control, 3_600_000)).toBeUndefined();
    expect(outOfHours(control, 4_200_000)).toBe('the budget of 1 hours: the campaign has worked for 1.00');
    expect(outOfHours({ ...control, budget: {} }, 1e12)).toBeUndefined();
  });
});

describe('a change of limits', () => {
  it('sets what is named, takes away what is null, and leaves the rest', () => {
    expect(changedLimits({ tokens: 5, hours: 2 }, { tokens: null, costMicroUsd: 7 })).toEqual({
      hours: 2,
      costMicroUsd: 7,
    });
  });
});
