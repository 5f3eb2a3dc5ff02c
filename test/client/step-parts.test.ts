import { type Attempt, partOf, withParts } from '../../client/step-parts.js';
import type { StepProgress } from '../../contract/campaign.js';

const attempt = (overrides: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  startedMs: 50_000,
  beat: { done: 24, total: 64, recorded: 8, atMs: 10_000 },
  isFresh: true,
  ...overrides,
});
const step = (overrides: Partial<StepProgress> = {}): StepProgress => ({
  step: 'train',
  unit: 'samples',
  done: 64,
  total: 256,
  passes: 3,
  startedAtMs: 0,
  worked: { spans: [{ fromMs: 0, toMs: 48_000 }], made: 64 },
  ...overrides,
});

describe('what a running activity adds to its step', () => {
  it('is what it had so far, and what of that it made in the time until then', () => {
    expect(partOf(attempt())).toEqual({
      done: 24,
      worked: { spans: [{ fromMs: 50_000, toMs: 60_000 }], made: 16 },
      busySinceMs: 50_000,
      isRetried: false,
    });
  });

  it('is no speed where all was in the ledger, or where an earlier attempt told it', () => {
    expect(partOf(attempt({ beat: { done: 8, total: 64, recorded: 8, atMs: 100 } })).worked).toBeUndefined();
    expect(partOf(attempt({ isFresh: false })).worked).toBeUndefined();
    expect(partOf(attempt({ startedMs: undefined, isFresh: false }))).toMatchObject({ done: 24 });
  });

  it('gives a first estimate within the first shard', () => {
    const { worked: _none, ...first } = step({ done: 0 });
    expect(withParts(first, [partOf(attempt())])).toMatchObject({
      done: 24,
      worked: { made: 16 },
      busySinceMs: 50_000,
    });
  });

  it('joins the shards that ended, the one that is judged and the one that is drawn', () => {
    const judging = { done: 64, worked: { spans: [{ fromMs: 20_000, toMs: 55_000 }], made: 64 } };
    const whole = withParts(step(), [{ ...judging, busySinceMs: 55_000, isRetried: false }, partOf(attempt())]);
    expect(whole).toMatchObject({
      done: 64 + 64 + 24,
      worked: { spans: [{ fromMs: 0, toMs: 60_000 }], made: 64 + 64 + 16 },
      busySinceMs: 50_000,
    });
  });

  it('of a trainer that goes on from a checkpoint leaves out the steps before it', () => {
    const beat = { step: 45, totalSteps: 100, from: { step: 41, atMs: 9000 }, atMs: 29_000 };
    const { worked: _none, ...training } = step({ step: 'fine-tune', unit: 'steps', done: 0, total: 1 });
    expect(withParts(training, [partOf(attempt({ beat }))])).toMatchObject({
      done: 45,
      total: 100,
      worked: { spans: [{ fromMs: 59_000, toMs: 79_000 }], made: 4 },
    });
  });

  it('of a slice of traces goes with the slices before it, unless it was cut off', () => {
    const { worked: _none, ...tracing } = step({ step: 'trace', unit: 'tasks', done: 256, total: 600 });
    const slice = attempt({ beat: { done: 40, total: 256, atMs: 4000 } });
    expect(withParts(tracing, [partOf(slice)]).worked).toEqual({ spans: [{ fromMs: 0, toMs: 54_000 }], made: 296 });
    expect(withParts(tracing, [partOf({ ...slice, attempt: 2 })]).worked).toEqual({
      spans: [{ fromMs: 50_000, toMs: 54_000 }],
      made: 40,
    });
  });
});
