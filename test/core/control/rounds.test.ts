import type { CampaignState, RoundRecord } from '../../../contract/campaign.js';
import type { Decision } from '../../../contract/control.js';
import { firstIndexFor, rewound, sourceOf, withRecord } from '../../../core/control/rounds.js';

const model = (name: string) => ({ model: name, digest: `sha-${name}`, tuned: name !== 'base' });
const sealed = (round: number) => ({ manifest: `m${round}`, content: `c${round}` });
const record = (round: number, from: string, firstIndex = 0): RoundRecord => ({
  round,
  attempt: 1,
  sealed: sealed(round),
  sampledFrom: model(from),
  firstIndex,
});
const state = (decision?: Partial<Decision>): CampaignState =>
  ({
    base: model('base'),
    round: 2,
    sealed: sealed(2),
    rounds: [record(0, 'base'), record(1, 'base'), record(2, 'one')],
    checkpoints: [
      { round: 0, model: model('base'), devPassAt1: 0.1 },
      { round: 1, model: model('one'), devPassAt1: 0.3 },
      { round: 2, model: model('two'), devPassAt1: 0.2, ...(decision && { decision }) },
    ],
    stopped: 'no better',
  }) as unknown as CampaignState;

describe('which model a round samples from', () => {
  it('is the newest, or the best one after a roll-back', () => {
    expect(sourceOf(state()).model).toBe('two');
    expect(sourceOf(state({ next: 'rollBack', best: { round: 1, devPassAt1: 0.3 } })).model).toBe('one');
  });

  it('is sampled at indexes that no round drew from it; the filter and the first round share theirs', () => {
    const rounds = [record(0, 'base'), record(1, 'base'), record(2, 'one'), record(3, 'one', 8)];
    expect(firstIndexFor(model('base'), [record(0, 'base')], { before: 1, n: 8 })).toBe(0);
    expect(firstIndexFor(model('one'), rounds, { before: 4, n: 8 })).toBe(16);
    expect(firstIndexFor(model('one'), rounds, { before: 3, n: 8 })).toBe(8);
    expect(firstIndexFor(model('two'), rounds, { before: 4, n: 8 })).toBe(0);
  });
});

describe('going back to a round', () => {
  it('takes up the seal before it, drops later checkpoints and the end, and knows later records as outdated', () => {
    const back = rewound(state(), 1);
    expect(back).toMatchObject({ round: 0, sealed: sealed(0) });
    expect(back).not.toHaveProperty('stopped');
    expect(back.checkpoints.map(({ round }) => round)).toEqual([0]);
    expect(back.rounds?.map(({ outdated }) => outdated ?? false)).toEqual([false, false, true]);
  });

  it('is refused where the seal before it is not known', () => {
    expect(() => rewound({ ...state(), rounds: [record(2, 'one')] }, 2)).toThrow('round 1 has no seal');
  });

  it('puts a newer attempt in the place of the older', () => {
    const newer = { ...record(1, 'base'), attempt: 2 };
    expect(withRecord(state(), newer).rounds?.map(({ round, attempt }) => `${round}.${attempt}`)).toEqual([
      '0.1',
      '1.2',
      '2.1',
    ]);
  });
});
