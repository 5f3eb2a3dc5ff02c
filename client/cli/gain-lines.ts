import type { Checkpoint } from '../../contract/campaign.js';
import { openCampaignReader } from '../campaign-reader.js';
import { type Gain, gainsOverBase } from '../gains.js';
import { checkpointName } from './score-table.js';

const points = (share: number): string => (100 * share).toFixed(1);
const signed = (share: number): string => `${share > 0 ? '+' : ''}${points(share)}`;

/** `round 1 against the base, pass@1: +4.2 [-5.4, 13.7] points, paired by 30 problems`. */
export const gainLine = ({ round, difference, low, high, clusters }: Gain): string =>
  `${checkpointName(round)} against the base, pass@1: ${signed(difference)} [${points(low)}, ${points(high)}] points, ` +
  `paired by ${clusters} problems`;

/** A line for each tuned checkpoint of a campaign in this state folder. */
export const gainLines = async (stateDir: string, checkpoints: readonly Checkpoint[]): Promise<string[]> =>
  (await gainsOverBase(openCampaignReader(stateDir).store, checkpoints)).map(gainLine);
