import type { CampaignEnd } from '../campaign-end.js';
import { percent } from './numbers.js';

/** Why a campaign ended, and which model is best. */
export const endLines = ({ kind, reason, by, at, heldBy, best }: CampaignEnd): string[] => {
  const [first = '', ...more] = reason.split('\n');
  const failed = kind === 'failed' ? 'failed: ' : kind === 'stopped' && by === undefined ? 'stopped: ' : '';
  const stoppedBy = by === undefined ? '' : kind === 'stopped' ? `stopped by ${by}: ` : '';
  const cancelledBy = kind === 'cancelled' && by !== undefined ? ` by ${by}` : '';
  const when = at === undefined ? '' : ` (${at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')})`;
  return [
    `ended: ${failed}${stoppedBy}${first}${cancelledBy}${when}`,
    ...more,
    ...(heldBy === undefined ? [] : [`  it was held then: ${heldBy}`]),
    ...(best ? [bestLine(kind, best)] : []),
  ];
};

const bestLine = (kind: CampaignEnd['kind'], best: NonNullable<CampaignEnd['best']>): string => {
  const { round, devPassAt1, low, high, roundsScored } = best;
  const name = round === 0 ? 'the base model' : `round ${round}`;
  const interval = low === undefined || high === undefined ? '' : ` [${percent(low)}, ${percent(high)}]`;
  const isWhole = kind !== 'cancelled' && kind !== 'terminated' && kind !== 'failed';
  const none = round > 0 ? '' : roundsScored > 0 ? '; no round was better' : '; no round was scored';
  return `best${isWhole ? '' : ' so far'}: ${name}, dev pass@1 ${percent(devPassAt1)}${interval} %${none}`;
};
