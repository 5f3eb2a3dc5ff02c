import type { CampaignResult, Checkpoint } from '../contract/campaign.js';
import type { CampaignEvent } from '../contract/event.js';
import { bestCheckpoint } from '../core/select/best.js';
import type { CampaignView } from './campaigns.js';

/** Why a campaign came to its end: a closed set. */
export type EndKind = 'allRounds' | 'earlyStop' | 'nothingToTrain' | 'stopped' | 'cancelled' | 'terminated' | 'failed';

export interface CampaignEnd {
  kind: EndKind;
  /** In words. */
  reason: string;
  /** Who asked for it, where a person did and the record names them. */
  by?: string;
  at?: string;
  /** What held it at that time, such as a budget that was used up. */
  heldBy?: string;
  /** By dev pass@1 of those scored so far, as a share with its 95 % interval; round 0 is the base. */
  best?: { round: number; devPassAt1: number; low?: number; high?: number; roundsScored: number };
}

/** As the server names it. */
export type EndStatus = 'COMPLETED' | 'CANCELLED' | 'TERMINATED' | 'FAILED' | 'TIMED_OUT';

/** What is known of a campaign that has ended. */
export interface Ended extends Pick<CampaignView, 'progress'> {
  status: EndStatus;
  endedAt: string | undefined;
  result: Pick<CampaignResult, 'checkpoints' | 'stopped'> | undefined;
  failure: string | undefined;
  /** Its events, in order. */
  events: readonly CampaignEvent[];
}

export const endOf = (ended: Ended): CampaignEnd => {
  const { progress, result, endedAt } = ended;
  const why = whyOf(ended);
  const best = bestOf(result?.checkpoints ?? progress?.checkpoints ?? []);
  const heldBy = why.by === undefined ? undefined : progress?.hold?.reason;
  return {
    ...why,
    ...(endedAt !== undefined && { at: endedAt }),
    ...(heldBy !== undefined && { heldBy }),
    ...(best && { best }),
  };
};

type Why = Pick<CampaignEnd, 'kind' | 'reason' | 'by'>;

const whyOf = (ended: Ended): Why => {
  switch (ended.status) {
    case 'COMPLETED':
      return whyDone(ended);
    case 'CANCELLED':
      return { kind: 'cancelled', reason: 'cancelled', ...askerOf(ended, 'cancelled') };
    case 'TERMINATED':
      return { kind: 'terminated', reason: 'terminated on the Temporal server' };
    default:
      return { kind: 'failed', reason: ended.failure ?? 'it failed' };
  }
};

const whyDone = (ended: Ended): Why => {
  const { result, progress } = ended;
  const { stopped, checkpoints = [] } = result ?? {};
  if (stopped === undefined) {
    const rounds = progress?.rounds ?? Math.max(0, ...checkpoints.map(({ round }) => round));
    return { kind: 'allRounds', reason: `all rounds are done (${rounds})` };
  }
  if (checkpoints.at(-1)?.decision?.reason === stopped) return { kind: 'earlyStop', reason: stopped };
  const asked = askerOf(ended, stopped);
  const isPerson = asked.by !== undefined || !keptTooLittle.test(stopped);
  return { kind: isPerson ? 'stopped' : 'nothingToTrain', reason: stopped, ...asked };
};

/** As a round says it that ends without a model (workflows/round-steps.ts). */
const keptTooLittle = /^round \d+ kept \d+ training samples/;

/** Who asked through Temporal's own page or program; older campaigns signed each cancellation themselves. */
const nobody: ReadonlySet<string> = new Set(['unnamed', 'campaign']);

const askerOf = ({ events }: Ended, summary: string): Pick<CampaignEnd, 'by'> => {
  const by = events.findLast((event) => event.kind === 'stopped' && event.summary.startsWith(summary))?.by;
  return by === undefined || nobody.has(by) ? {} : { by };
};

const bestOf = (checkpoints: readonly Checkpoint[]): CampaignEnd['best'] => {
  if (checkpoints.length === 0) return undefined;
  const { round, devPassAt1, dev } = bestCheckpoint(checkpoints);
  const first = dev.passAtK.find(({ k }) => k === 1);
  const roundsScored = checkpoints.filter((one) => one.round > 0).length;
  return { round, devPassAt1, roundsScored, ...(first && 'mean' in first && { low: first.low, high: first.high }) };
};
