import { z } from 'zod';
import type { ObjectStore } from '../activities/ports.js';
import type { Checkpoint } from '../contract/campaign.js';
import type { ScoreSummary } from '../contract/steps.js';
import { type PairedDifference, pairedDifference } from '../core/statistics/paired.js';
import { passRows } from '../core/statistics/score.js';

/** What a stored score keeps of each task. */
const talliesSchema = z.object({
  tallies: z.array(
    z.object({ taskId: z.string(), problemId: z.string(), n: z.number(), passes: z.number(), none: z.number() }),
  ),
});

/** A later checkpoint's pass@1 minus the base's, paired by source problem, with its 95 % interval. */
export interface Gain extends PairedDifference {
  round: number;
}

/** Gains of every tuned checkpoint over the base, from their stored scores; none where fewer than two problems are shared. */
export const gainsOverBase = async (
  store: Pick<ObjectStore, 'get'>,
  checkpoints: readonly Pick<Checkpoint, 'round' | 'dev'>[],
): Promise<Gain[]> => {
  const base = checkpoints.find(({ round }) => round === 0);
  if (!base) return [];
  const before = await passAt1Rows(store, base.dev);
  const gains = checkpoints
    .filter(({ round }) => round > 0)
    .map(async ({ round, dev }): Promise<Gain[]> => {
      const gain = pairedDifference(before, await passAt1Rows(store, dev));
      return gain ? [{ round, ...gain }] : [];
    });
  return (await Promise.all(gains)).flat();
};

const passAt1Rows = async (store: Pick<ObjectStore, 'get'>, { score }: ScoreSummary) =>
  passRows(talliesSchema.parse(JSON.parse((await store.get(score)).toString('utf8'))).tallies, 1);
