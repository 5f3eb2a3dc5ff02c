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
    const passes = (problemId: string, ...counts: number[]) => counts.map((count) => ({ problemId, passes: count }));
    const store = storeOf({
      base: [...passes('a', 0, 2), ...passes('b', 1), ...passes('c', 0), ...passes('d', 3)],
      tuned: [...passes('a', 2, 2), ...passes('b', 2), ...passes('c', 2), ...passes('d', 4)],
    });
    const [gain] = await gainsOverBase(store, [checkpoint(0, 'base'), checkpoint(1, 'tuned')]);
    // Differences by problem 1/4, 1/4, 1/2, 1/4: mean 0.3125, standard error 0.0625, Student's t(3) 3.1824.
    expect(gain).toMatchObject({ round: 1, clusters: 4, difference: 0.3125 });
    expect(gain?.high).toBeCloseTo(0.3125 + 3.1824 * 0.0625, 4);
    expect(gain && gainLine(gain)).toBe(
      'round 1 against the base, pass@1: +31.3 [11.4, 51.1] points, paired by 4 problems',
    );
  });

  it('says nothing of a single problem', async () => {
    const store = storeOf({ base: [{ problemId: 'a', passes: 0 }], tuned: [{ problemId: 'a', passes: 4 }] });
    expect(await gainsOverBase(store, [checkpoint(0, 'base'), checkpoint(1, 'tuned')])).toEqual([]);
  });
});
