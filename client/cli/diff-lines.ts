import type { RowsRef } from '../../contract/digest.js';
import type { Change } from '../../core/audit/diff.js';
import type { SetChange } from '../diff/data.js';
import type { CampaignDiff, DiffSide } from '../diff/diff.js';
import type { RoundOutcome, RoundPair } from '../diff/outcomes.js';
import { comparisonLines } from './comparison.js';
import { columns, percent } from './numbers.js';

const widest = 60;
const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);
const named = 5;

const sideLine = ({ campaign, ended, rounds, best }: DiffSide): string =>
  `${campaign}: ${ended ? 'ended after' : 'not ended, at'} round ${rounds}, best is ${best === 0 ? 'the base' : `round ${best}`}`;

const changeLines = (changes: readonly Change[]): string[] =>
  changes.length === 0
    ? ['  the same']
    : columns([
        ['', 'A', 'B'],
        ...changes.map(({ what, a = '(none)', b = '(none)' }) => [cut(what), cut(a), cut(b)]),
      ]).map((line) => `  ${line}`);

const idsOf = (ids: readonly string[]): string =>
  `${ids.slice(0, named).join(', ')}${ids.length > named ? `, … (${ids.length})` : ''}`;

const setLines = ({ set, a, b, rows }: SetChange): string[] => {
  const size = (ref: RowsRef | undefined): string => (ref ? `${ref.rows} tasks` : 'none');
  if (a?.digest === b?.digest) return [`  ${set}: the same ${size(a)}`];
  if (!rows) return [`  ${set}: A ${size(a)}, B ${size(b)}`];
  const parts = { 'only in A': rows.onlyA, 'only in B': rows.onlyB, 'other content': rows.changed };
  const told = Object.entries(parts).filter(([, ids]) => ids.length > 0);
  const order = told.length === 0 ? ['    the same tasks in another order'] : [];
  return [`  ${set}: A ${size(a)}, B ${size(b)}`, ...order, ...told.map(([what, ids]) => `    ${what}: ${idsOf(ids)}`)];
};

const outcomeCells = (outcome: RoundOutcome | undefined): string[] => {
  if (!outcome) return ['-', '-', '-'];
  const { counts, trainedOn, dev } = outcome;
  const first = dev?.passAtK.find(({ k }) => k === 1);
  const score = first && 'mean' in first ? percent(first.mean) : '-';
  const judged = (counts.pass ?? 0) + (counts.fail ?? 0);
  const passed = judged === 0 ? '-' : `${counts.pass} of ${judged}`;
  return [score, passed, trainedOn === undefined ? '-' : String(trainedOn)];
};

const roundRow = ({ round, a, b, same }: RoundPair): string[] => {
  const equal = Object.entries(same ?? {}).flatMap(([what, is]) =>
    is ? [what === 'trainingSet' ? 'training set' : what] : [],
  );
  return [round === 0 ? 'base' : `round ${round}`, ...outcomeCells(a), ...outcomeCells(b), equal.join(', ')];
};

/** A comparison as a person reads it; digests and every id are in the JSON form. */
export const diffLines = (diff: CampaignDiff): string[] => {
  const of = (side: string): string[] => [`dev pass@1 ${side}`, `passes ${side}`, `trained on ${side}`];
  return [
    `A  ${sideLine(diff.a)}`,
    `B  ${sideLine(diff.b)}`,
    'configuration',
    ...changeLines(diff.configuration),
    'data',
    ...diff.data.flatMap(setLines),
    'code',
    ...changeLines(diff.code),
    'outcomes',
    ...columns([['', ...of('A'), ...of('B'), 'the same in both'], ...diff.rounds.map(roundRow)]).map(
      (line) => `  ${line}`,
    ),
    ...diff.best.flatMap(({ on, results }) => [
      `best checkpoints on ${on}`,
      ...comparisonLines(results).map((line) => `  ${line}`),
    ]),
  ];
};
