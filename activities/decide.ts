import type { Checkpoint } from '../contract/campaign.js';
import type { Decision } from '../contract/control.js';
import type { Digest } from '../contract/digest.js';
import { decide as decideFrom } from '../core/control/decide.js';
import { changeOfPassAtK, type Score } from '../core/statistics/score.js';
import type { Deps } from './deps.js';

/** Collapse is watched at this k, or at the largest that the samples allow. */
const watchedK = 25;

export interface DecideArgs {
  round: number;
  before: Pick<Checkpoint, 'round' | 'devPassAt1'>[];
  devPassAt1: number;
  patience: number | false;
  rollBack: boolean;
  /** Score objects, with a tally a task. */
  scores: { best: Digest; latest: Digest };
}

/** Early stop, roll back or go on, from the tallies of the best checkpoint and of the newest. */
export const decide = async (deps: Deps, { scores, ...numbers }: DecideArgs): Promise<Decision> => {
  const tallies = async (digest: Digest): Promise<Score['tallies']> =>
    (JSON.parse((await deps.store.get(digest)).toString('utf8')) as Score).tallies;
  const change = changeOfPassAtK({ before: await tallies(scores.best), after: await tallies(scores.latest) }, watchedK);
  return decideFrom({ ...numbers, change });
};
