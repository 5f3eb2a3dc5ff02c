import { type DecideArgs, decide } from '../../../core/control/decide.js';

const args = (overrides: Partial<DecideArgs>): DecideArgs => ({
  before: [
    { round: 0, devPassAt1: 0.1 },
    { round: 1, devPassAt1: 0.3 },
  ],
  round: 2,
  devPassAt1: 0.2,
  change: { k: 8, difference: -0.05, low: -0.12, high: 0.02, clusters: 30 },
  patience: 2,
  rollBack: true,
  ...overrides,
});

describe('what a round decides about the next', () => {
  it('goes on where patience is left and no fall is sure', () => {
    expect(decide(args({}))).toMatchObject({ next: 'continue', best: { round: 1 }, roundsWithoutGain: 1 });
  });

  it('stops after as many rounds without a better dev pass@1 as patience says, an equal one being no better', () => {
    const decision = decide(args({ round: 3, devPassAt1: 0.3 }));
    expect(decision).toMatchObject({ next: 'stop', roundsWithoutGain: 2 });
    expect(decision.reason).toBe(
      'no better dev pass@1 in 2 rounds: round 1 has 30.0 %, round 3 has 30.0 % (earlyStop.patience = 2)',
    );
    expect(decide(args({ round: 3, devPassAt1: 0.31 })).next).toBe('continue');
    expect(decide(args({ round: 9, patience: false })).next).toBe('continue');
  });

  it('rolls back where the whole interval of the change lies below 0, even with a better pass@1', () => {
    const change = { k: 8, difference: -0.2, low: -0.3, high: -0.01, clusters: 30 };
    const decision = decide(args({ devPassAt1: 0.4, change }));
    expect(decision).toMatchObject({ next: 'rollBack', best: { round: 1 }, change });
    expect(decision.reason).toContain('pass@8 fell by 20.0 % against round 1, 95 % interval [-30.0 %, -1.0 %]');
    expect(decide(args({ change: { ...change, high: 0 } })).next).toBe('continue');
    expect(decide(args({ change, rollBack: false })).next).toBe('continue');
  });
});
