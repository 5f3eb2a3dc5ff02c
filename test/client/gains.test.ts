import { gainLine } from '../../client/cli/gain-lines.js';
import { gainsOverBase } from '../../client/gains.js';
import type { Checkpoint } from '../../contract/campaign.js';

type Stored = Record<string, { problemId: string; passes: number }[]>;

const storeOf = (scores: Stored) => ({
  get: async (digest: string) => {
    const tallies = (scores[digest] ?? []).map(({ problemId, passes }, at) => ({
      taskId: `${problemId}#${at}`,
      problemId,
      n: 4,
      passes,
      none: 0,
    }));
    return Buffer.from(JSON.stringify({ tallies, more: 'is kept' }));
  },
});

const checkpoint = (round: number, score: string) =>
  ({ round, dev: { score } }) as unknown as Pick<Checkpoint, 'round' | 'dev'>;

describe('gains over the base', () => {
  it('pairs by source problem, several bugs of one problem counting once', async () => {
    const store = storeOf({
      base: [
        { problemId: 'a', passes: 0 },
        { problemId: 'a', passes: 2 },
        { problemId: 'b', passes: 1 },
      ],
      tuned: [
        { problemId: 'a', passes: 2 },
        { problemId: 'a', passes: 4 },
        { problemId: 'b', passes: 1 },
      ],
    });
    const [gain] = await gainsOverBase(store, [checkpoint(0, 'base'), checkpoint(1, 'tuned')]);
    expect(gain).toMatchObject({ round: 1, clusters: 2, difference: 0.25 });
    // Student's t with one degree of freedom: half = 12.7062 * 0.25.
    expect(gain?.high).toBeCloseTo(0.25 + 12.7062 * 0.25, 3);
    expect(gain && gainLine(gain)).toBe(
      'round 1 against the base, pass@1: +25.0 [-292.7, 342.7] points, paired by 2 problems',
    );
  });

  it('says nothing of a single problem', async () => {
    const store = storeOf({ base: [{ problemId: 'a', passes: 0 }], tuned: [{ problemId: 'a', passes: 4 }] });
    expect(await gainsOverBase(store, [checkpoint(0, 'base'), checkpoint(1, 'tuned')])).toEqual([]);
  });
});
