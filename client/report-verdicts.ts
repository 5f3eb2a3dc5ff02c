import type { EvaluationRecord } from '../contract/manifest.js';
import { type VerdictRow, verdictRowSchema } from '../contract/rows.js';
import type { CampaignReader } from './campaign-reader.js';

/** All verdict rows of an evaluation or a round, in order. */
export const verdictsOf = async (
  reader: CampaignReader,
  { shards }: Pick<EvaluationRecord, 'shards'>,
): Promise<VerdictRow[]> => {
  const rows: VerdictRow[] = [];
  for (const { verdicts } of shards) rows.push(...(await reader.rows(verdicts, verdictRowSchema)));
  return rows;
};
