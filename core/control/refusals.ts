import type { CampaignProgress, RoundRecord } from '../../contract/campaign.js';
import type {
  BudgetArgs,
  CampaignControl,
  ExtendArgs,
  PauseArgs,
  RetryRequest,
  StopArgs,
} from '../../contract/control.js';

/** What a wish is judged by: what people set, and where the campaign stands. */
export interface Standing {
  phase: CampaignProgress['phase'];
  /** The round under way, or the latest. */
  round: number;
  control: CampaignControl;
  rounds: readonly RoundRecord[];
}

/** Why a wish can't be granted, in words with what to do instead; undefined where it can. */
type Refusal = string | undefined;

const isOver = ({ phase }: Standing): Refusal =>
  phase === 'done' ? 'the campaign is done: nextune extend --rounds N goes on with it' : undefined;

export const refusePause = (standing: Standing, { now }: PauseArgs): Refusal => {
  const { hold } = standing.control;
  if (hold === undefined) return isOver(standing);
  if (now && !hold.now && hold.by === 'person') return undefined;
  return `the campaign is held already: ${hold.reason}`;
};

export const refuseResume = ({ round, control: { hold } }: Standing): Refusal => {
  if (hold === undefined) return 'the campaign is not paused';
  if (hold.by === 'approval') return `${hold.reason}: nextune approve lets it go on`;
  if (hold.by === 'failure') return `${hold.reason}: nextune retry ${round} --from STEP runs it again`;
  return undefined;
};

export const refuseStop = (standing: Standing, { afterRound }: StopArgs): Refusal => {
  const over = isOver(standing);
  if (over) return over;
  if (afterRound && standing.phase === 'final') return 'the rounds are over already: only the final scores are missing';
  if (afterRound && standing.control.stopAfterRound) return 'it ends after this round already';
  if (!afterRound && (standing.phase === 'prepare' || standing.phase === 'base')) {
    return 'the base model is not scored yet, so there is nothing to finish with: nextune cancel ends it';
  }
  return undefined;
};

export const refuseExtend = (standing: Standing, _args: ExtendArgs): Refusal =>
  standing.phase === 'final' || standing.phase === 'done'
    ? 'the rounds are over and the final scores under way: wait for the end, then extend'
    : undefined;

export const refuseApprove = ({ control: { hold } }: Standing): Refusal =>
  hold?.by === 'approval' ? undefined : 'nothing waits for an approval';

export const refuseBudget = (standing: Standing, args: BudgetArgs): Refusal =>
  Object.keys(args).length === 0 ? 'name a limit: --tokens, --usd or --hours' : isOver(standing);

export const refuseRetry = (standing: Standing, { round, from }: RetryRequest): Refusal => {
  const over = isOver(standing);
  if (over) return over;
  if (standing.phase === 'final') return 'the final scores are under way: wait for the end, then retry';
  if (standing.phase !== 'round' || round > standing.round) {
    return `round ${round} has not begun: the campaign is at ${standing.phase} ${standing.round}`;
  }
  if (round === standing.round) return undefined;
  const record = standing.rounds.find((one) => one.round === round);
  const before = standing.rounds.find((one) => one.round === round - 1);
  if (!record || !before?.sealed)
    return `too little is known of round ${round} to run it again: it is older than retries`;
  return record.kept === undefined && from !== 'sample'
    ? `round ${round} kept nothing: retry it --from sample`
    : undefined;
};
