import type { RowsRef } from '../../contract/digest.js';
import { InputError } from '../../contract/failures.js';
import { sampleRowSchema, verdictRowSchema } from '../../contract/rows.js';
import type { CampaignReader, SealedRound } from '../campaign-reader.js';
import { drawsOf, type SealedDraw } from './draws.js';
import { linkName } from './record.js';

/** A sample as a person names it: `TASK:INDEX`, with `@LINK/SET` (as in `@round-2/train`) where there are several. */
export interface RowName {
  taskId: string;
  index: number;
  where: string | undefined;
}

export const parseRowName = (text: string): RowName | undefined => {
  const parts = /^(.+):(\d+)(?:@(.+))?$/s.exec(text);
  if (!parts || text.startsWith('sha256:')) return undefined;
  return { taskId: parts[1] ?? '', index: Number(parts[2]), where: parts[3] };
};

/** A sample found in the record: its link and draw, its shard, and its place among the shard's rows. */
export interface FoundRow {
  round: SealedRound;
  draw: SealedDraw;
  shard: { samples: RowsRef; verdicts: RowsRef };
  at: number;
  where: string;
}

/** Every draw that holds a sample of this name. @throws InputError where none does, or several and none is named */
export const findRow = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  { taskId, index, where }: RowName,
): Promise<FoundRow> => {
  const found: FoundRow[] = [];
  for (const round of sealed) {
    for (const draw of drawsOf(round.manifest.content)) {
      const named = `${linkName(round.entry).replace(' ', '-')}/${draw.name}`;
      if (where !== undefined && where !== named) continue;
      for (const shard of draw.shards) {
        const rows = await reader.rows(shard.samples, sampleRowSchema);
        const at = rows.findIndex((row) => row.taskId === taskId && row.index === index);
        if (at !== -1) found.push({ round, draw, shard, at, where: named });
      }
    }
  }
  const [first, ...others] = found;
  if (!first) throw new InputError(`no sample ${index} of task ${taskId}${where ? ` in ${where}` : ''} was sealed`);
  if (others.length === 0) return first;
  throw new InputError(
    `sample ${index} of task ${taskId} was drawn several times: add one of ${found.map((one) => `@${one.where}`).join(', ')}`,
  );
};

/** The sealed verdict of a row found. */
export const verdictAt = async (reader: CampaignReader, { shard, at }: FoundRow) =>
  (await reader.rows(shard.verdicts, verdictRowSchema))[at];
