import type { Checkpoint } from '../../contract/campaign.js';
import type { ScoreSummary } from '../../contract/steps.js';

const percent = (share: number): string => (100 * share).toFixed(1);

const cell = (entry: ScoreSummary['passAtK'][number]): string =>
  'mean' in entry ? `${percent(entry.mean)} [${percent(entry.low)}, ${percent(entry.high)}]` : 'not estimated';

/** Scores in percent with 95 % intervals, a line a model. */
export const scoreTable = (rows: readonly { name: string; score: ScoreSummary }[]): string[] => {
  if (rows.length === 0) return [];
  const ks = rows[0]?.score.passAtK.map(({ k }) => `pass@${k}`) ?? [];
  const header = ['', ...ks, 'parsed', 'unchanged'];
  const body = rows.map(({ name, score }) => [
    name,
    ...score.passAtK.map(cell),
    `${percent(score.parsedShare)} %`,
    `${percent(score.unchangedShare)} %`,
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...body].map((row) => (row[column] ?? '').length)));
  return [header, ...body].map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

export const checkpointName = (round: number): string => (round === 0 ? 'base (few-shot)' : `round ${round}`);

/** The checkpoints so far beside each other, on the dev split. */
export const checkpointTable = (checkpoints: readonly Checkpoint[]): string[] =>
  scoreTable(checkpoints.map(({ round, dev }) => ({ name: checkpointName(round), score: dev })));
