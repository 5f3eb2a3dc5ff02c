import type { SampleResult, ShardResult } from '../../../contract/steps.js';
import { drawnBy, mergeWorked, shardWorked } from '../../../core/progress/worked.js';

const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });
const rows = (count: number) => ({ digest: `sha256:${'0'.repeat(64)}`, rows: count, root: '', leaves: 0 });
const sampled = (overrides: Partial<SampleResult> = {}): SampleResult => ({
  samples: rows(64) as SampleResult['samples'],
  parsed: 0,
  completionTokens: 0,
  promptTokens: 0,
  askedGroups: 8,
  recordedGroups: 0,
  sampleMs: 4000,
  ...overrides,
});
const judged = (verifyMs?: number) => ({ ...sampled(), ...(verifyMs !== undefined && { verifyMs }) }) as ShardResult;

describe('time worked', () => {
  it('counts an hour in which two shards went on once, and what both made', () => {
    const worked = mergeWorked({ spans: [span(0, 60_000)], made: 5 }, { spans: [span(30_000, 90_000)], made: 7 });
    expect(worked).toEqual({ spans: [span(0, 90_000)], made: 12 });
  });

  it('leaves a night out, and no pause of seconds', () => {
    const worked = mergeWorked(
      { spans: [span(36_000_000, 36_060_000)], made: 1 },
      { spans: [span(0, 60_000)], made: 1 },
      { spans: [span(69_000, 80_000)], made: 1 },
    );
    expect(worked.spans).toEqual([span(0, 80_000), span(36_000_000, 36_060_000)]);
  });

  it('of a shard is that of its last attempt, with the share that was not in the ledger', () => {
    expect(drawnBy(sampled({ askedGroups: 2, recordedGroups: 6 }), 10_000)).toEqual({
      spans: [span(6000, 10_000)],
      made: 16,
    });
    expect(drawnBy(sampled({ askedGroups: 0, recordedGroups: 8 }), 10_000)).toBeUndefined();
  });

  it('of a shard includes its judging, wherever that was put off to', () => {
    const drawn = drawnBy(sampled(), 10_000);
    expect(shardWorked(drawn, judged(1000), 7_200_000)).toEqual({
      spans: [span(6000, 10_000), span(7_199_000, 7_200_000)],
      made: 64,
    });
  });

  it('of a shard that an earlier attempt drew is that of its judging', () => {
    expect(shardWorked('before', judged(1000), 5000)).toEqual({ spans: [span(4000, 5000)], made: 64 });
  });

  it('of a shard that code before it was told ended is unknown', () => {
    const { sampleMs: _untold, ...old } = sampled();
    expect(shardWorked(drawnBy(old, 10_000), judged(), 12_000)).toBeUndefined();
  });
});
