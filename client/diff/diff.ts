import { InputError } from '../../contract/failures.js';
import { type Change, changesBetween } from '../../core/audit/diff.js';
import { findCampaign } from '../campaign-folder.js';
import { openCampaignReader } from '../campaign-reader.js';
import { compareSets, type SetChange } from './data.js';
import { codeOf, settingsOf } from './facts.js';
import { compareBest, endOf, type PairedOutcome, pairRounds, type RoundPair } from './outcomes.js';

/** Two campaigns compared from their sealed records alone. */
export interface CampaignDiff {
  a: DiffSide;
  b: DiffSide;
  configuration: Change[];
  data: SetChange[];
  code: Change[];
  rounds: RoundPair[];
  /** B minus A, of each one's best checkpoint. */
  best: PairedOutcome[];
}

export type DiffSide = { campaign: string } & ReturnType<typeof endOf>;

/** @throws InputError where a campaign is not there, or has sealed nothing yet */
export const diffCampaigns = async (stateDir: string, { a, b }: Record<'a' | 'b', string>): Promise<CampaignDiff> => {
  const reader = openCampaignReader(stateDir);
  const open = async (wanted: string) => {
    const { campaign } = await findCampaign(stateDir, wanted);
    const sealed = await reader.sealed(campaign);
    if (sealed.length > 0) return { reader, sealed, campaign };
    throw new InputError(`campaign ${campaign} has sealed nothing yet: there is nothing to compare`);
  };
  const [one, other] = [await open(a), await open(b)];
  return {
    a: { campaign: one.campaign, ...endOf(one.sealed) },
    b: { campaign: other.campaign, ...endOf(other.sealed) },
    configuration: changesBetween(await settingsOf(reader, one.sealed), await settingsOf(reader, other.sealed)),
    data: await compareSets(one, other),
    code: changesBetween(await codeOf(reader, one.sealed), await codeOf(reader, other.sealed)),
    rounds: pairRounds(one.sealed, other.sealed),
    best: await compareBest(stateDir, one, other),
  };
};
