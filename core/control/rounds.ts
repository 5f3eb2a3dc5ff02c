import type { CampaignState, RoundRecord } from '../../contract/campaign.js';
import type { ModelRef } from '../../contract/steps.js';

/** The state with a round's record put in, or in the place of its earlier attempt's. */
export const withRecord = (state: CampaignState, record: RoundRecord): CampaignState => ({
  ...state,
  rounds: [...(state.rounds ?? []).filter(({ round }) => round !== record.round), record].sort(
    (a, b) => a.round - b.round,
  ),
});

/** Whom the next round samples from: the newest model, or the best one where the latest round was rolled back. */
export const sourceOf = ({ base, checkpoints }: CampaignState): ModelRef => {
  const newest = checkpoints.at(-1);
  if (newest?.decision?.next !== 'rollBack') return newest?.model ?? base;
  const best = newest.decision.best.round;
  return checkpoints.find(({ round }) => round === best)?.model ?? base;
};

/**
 * The first sample index that no earlier round drew from a model: the ledger's key holds no round, so the same indexes
 * would give the same samples. The hard-problem filter's indexes are not counted: the first round uses them by intent.
 */
export const firstIndexFor = (
  model: ModelRef,
  rounds: readonly RoundRecord[],
  { before, n }: { before: number; n: number },
): number =>
  rounds
    .filter(({ round, sampledFrom }) => round > 0 && round < before && sampledFrom.digest === model.digest)
    .reduce((next, { firstIndex }) => Math.max(next, firstIndex + n), 0);

/** The state as it was before `round`; the records of what came later stay, so that their attempts are counted on. */
export const rewound = (state: CampaignState, round: number): CampaignState => {
  const { stopped: _ended, ...rest } = state;
  const sealed = state.rounds?.find((one) => one.round === round - 1)?.sealed;
  if (!sealed) throw new RangeError(`round ${round - 1} has no seal to go on from`);
  return {
    ...rest,
    round: round - 1,
    sealed,
    rounds: (state.rounds ?? []).map((one) => (one.round > round ? { ...one, outdated: true } : one)),
    checkpoints: state.checkpoints.filter((checkpoint) => checkpoint.round < round),
  };
};
