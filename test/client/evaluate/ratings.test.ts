import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ratingLines, ratingSummary } from '../../../client/cli/rating-summary.js';
import { appendRating, readRatings } from '../../../client/evaluate/ratings.js';
import type { Rating } from '../../../core/rating/agreement.js';

const rating = (rater: string, pair: string, choice: Rating['choice']): Rating => ({
  rater,
  pair,
  problemId: `problem of ${pair}`,
  choice,
});

describe('ratings', () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nextune-ratings-'));
    path = join(dir, 'evaluations', 'ratings.jsonl');
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('are read back in the order they were given; there are none before the first', async () => {
    expect(await readRatings(path)).toEqual([]);
    const given = [rating('ada', 'p', 'a'), rating('bob', 'p', 'tie')];
    for (const one of given) await appendRating(path, one);
    expect(await readRatings(path)).toEqual(given);
  });

  it('are not taken from a line that is none, which is named', async () => {
    await appendRating(path, rating('ada', 'p', 'a'));
    await appendFile(path, '{"rater":"ada","pair":"q","problemId":"q","choice":"both"}\n');
    await expect(readRatings(path)).rejects.toThrow(`${path}:2: no rating`);
  });

  it('are not taken for none where the file is there and can’t be read', async () => {
    await expect(readRatings(dir)).rejects.toThrow('EISDIR');
  });

  it('come to win rates, in which a tie counts half for each, and to the agreement of two raters', () => {
    const given = ['p', 'q', 'r', 's'].flatMap((pair, at) => [
      rating('ada', pair, at < 3 ? 'a' : 'tie'),
      rating('bob', pair, at < 3 ? 'a' : 'b'),
    ]);
    const { ratings, raters, wins, alpha, kappa } = ratingSummary(given, ['base', 'best']);
    expect({ ratings, raters }).toEqual({ ratings: 8, raters: ['ada', 'bob'] });
    expect([wins?.a.mean, wins?.b.mean]).toEqual([6.5 / 8, 1.5 / 8]);
    const text = ratingLines(given, ['base', 'best']).join('\n');
    expect(text).toMatch(/8 ratings by 2 raters.*\n {2}base: better in 81\.3 \[/);
    expect(text).toContain(`alpha: ${alpha?.toFixed(3)}\n  Cohen's kappa: ${kappa?.toFixed(3)}`);
    expect(ratingLines([], ['base', 'best'])).toHaveLength(3);
  });
});
