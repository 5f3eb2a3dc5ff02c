import type { Checkpoint } from '../../contract/campaign.js';
import type { Decision, PassAtKChange } from '../../contract/control.js';
import { bestCheckpoint } from '../select/best.js';

export interface DecideArgs {
  /** Those before this round, the base among them. */
  before: readonly Pick<Checkpoint, 'round' | 'devPassAt1'>[];
  round: number;
  devPassAt1: number;
  /** pass@k's change against the best of them; undefined where it can't be computed. */
  change: PassAtKChange | undefined;
  patience: number | false;
  rollBack: boolean;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const nameOf = (round: number): string => (round === 0 ? 'the base' : `round ${round}`);

/** Early stop, roll back or go on, from a round's numbers alone. A collapse is rolled back; patience counts on through it. */
export const decide = (args: DecideArgs): Decision => {
  const { before, round, devPassAt1, change, patience, rollBack } = args;
  const best = bestCheckpoint(before);
  const leader = devPassAt1 > best.devPassAt1 ? round : best.round;
  const roundsWithoutGain = round - leader;
  const numbers = {
    best: { round: best.round, devPassAt1: best.devPassAt1 },
    devPassAt1,
    roundsWithoutGain,
    ...(change && { change }),
  };
  if (patience !== false && roundsWithoutGain >= patience) {
    const reason =
      `no better dev pass@1 in ${roundsWithoutGain} rounds: ${nameOf(best.round)} has ${percent(best.devPassAt1)}, ` +
      `round ${round} has ${percent(devPassAt1)} (earlyStop.patience = ${patience})`;
    return { next: 'stop', reason, ...numbers };
  }
  if (rollBack && change && change.high < 0) {
    const reason =
      `pass@${change.k} fell by ${percent(-change.difference)} against ${nameOf(best.round)}, 95 % interval ` +
      `[${percent(change.low)}, ${percent(change.high)}] on ${change.clusters} problems: the next round samples from ` +
      `${nameOf(best.round)} again, at new indexes`;
    return { next: 'rollBack', reason, ...numbers };
  }
  return {
    next: 'continue',
    reason: `dev pass@1 ${percent(devPassAt1)}, best so far in ${nameOf(leader)}`,
    ...numbers,
  };
};
