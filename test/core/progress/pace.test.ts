import type { StepProgress } from '../../../contract/campaign.js';
import { paceOf } from '../../../core/progress/pace.js';

const minute = 60_000;
const hour = 60 * minute;

/** A step of 1000 samples, of which 100 were made in the first ten minutes. */
const step = (overrides: Partial<StepProgress> = {}): StepProgress => ({
  step: 'train',
  unit: 'samples',
  done: 100,
  total: 1000,
  passes: 0,
  startedAtMs: 0,
  worked: { spans: [{ fromMs: 0, toMs: 10 * minute }], made: 100 },
  busySinceMs: 0,
  ...overrides,
});

describe('the pace of a step', () => {
  it('is what was made in the time worked, and the rest at that speed', () => {
    const pace = paceOf(step(), 10 * minute);
    expect(pace?.perSecond).toBeCloseTo(100 / 600);
    expect(pace?.leftMs).toBe(90 * minute);
  });

  it('is the same after hours in which nothing was up as before them', () => {
    const before = paceOf(step(), 10 * minute);
    expect(paceOf(step({ busySinceMs: 9 * hour }), 9 * hour)).toEqual(before);
    const night = {
      spans: [...(step().worked?.spans ?? []), { fromMs: 9 * hour, toMs: 9 * hour + minute }],
      made: 110,
    };
    const later = paceOf(step({ worked: night, done: 110, busySinceMs: 9 * hour }), 9 * hour + minute);
    expect(later?.perSecond).toBeCloseTo(100 / 600);
  });

  it('does not count what an earlier attempt left in the ledger', () => {
    expect(paceOf(step({ done: 500 }), 10 * minute)?.leftMs).toBe(50 * minute);
  });

  it('counts down between two bursts of answers, and stands still while nothing is under way', () => {
    expect(paceOf(step(), 15 * minute)?.leftMs).toBe(85 * minute);
    const { busySinceMs: _none, ...idle } = step();
    expect(paceOf(idle, 15 * minute)?.leftMs).toBe(90 * minute);
  });

  it('grows again where answers stay out for longer than all work before', () => {
    const pace = paceOf(step(), 40 * minute);
    expect(pace?.leftMs).toBe(360 * minute);
    expect(pace?.perSecond).toBeCloseTo(100 / 2400);
  });

  it('promises nothing before something was made, and never less than nothing', () => {
    expect(paceOf(step({ worked: { spans: [], made: 0 } }), minute)).toBeUndefined();
    const { worked: _unknown, ...untold } = step();
    expect(paceOf(untold, minute)).toBeUndefined();
    const last = paceOf(step({ done: 999 }), 12 * minute);
    expect(last?.leftMs).toBeGreaterThan(0);
  });
});
