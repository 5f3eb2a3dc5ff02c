import type { PassAtKChange } from '../../core/statistics/score.js';
import type { ScoredModel } from '../../report/data.js';
import { type ArmOutcome, differencesOf } from './outcome.js';

const percent = (share: number): string => (100 * share).toFixed(1);
const signed = (share: number): string => `${share < 0 ? '' : '+'}${percent(share)}`;

const estimate = ({ score }: ScoredModel, k: number): string => {
  const entry = score.passAtK.find((one) => one.k === k);
  return entry && 'mean' in entry
    ? `${percent(entry.mean)} [${percent(entry.low)}, ${percent(entry.high)}]`
    : 'not estimated';
};

const difference = (found: PassAtKChange | undefined): string =>
  found ? `${signed(found.difference)} [${signed(found.low)}, ${signed(found.high)}]` : '';

/** One table of all arms so far, in Markdown: percent and points with 95 % intervals, paired by source problem. */
export const ablationTable = (outcomes: readonly ArmOutcome[]): string[] => {
  const [first] = outcomes;
  if (!first) return [];
  const ks = first.last.score.passAtK.filter((one) => 'mean' in one).map(({ k }) => k);
  const most = outcomes.map((one) => differencesOf(one, first).toFirst?.most?.k).find((k) => k !== undefined);
  const header = [
    'arm',
    'trained on',
    'requests asked + from the ledger',
    'base pass@1',
    ...ks.map((k) => `pass@${k}`),
    'parsed',
    'unchanged',
    'pass@1 to its base, points',
    `pass@1 to ${first.arm}, points`,
    ...(most === undefined || most === 1 ? [] : [`pass@${most} to ${first.arm}, points`]),
  ];
  const rows = outcomes.map((outcome) => {
    const { toBase, toFirst } = differencesOf(outcome, first);
    return [
      outcome.rounds === 0 ? `${outcome.arm} (no round made a model)` : outcome.arm,
      String(outcome.trained),
      `${outcome.requests.asked} + ${outcome.requests.recorded}`,
      estimate(outcome.base, 1),
      ...ks.map((k) => estimate(outcome.last, k)),
      `${percent(outcome.last.score.parsedShare)} %`,
      `${percent(outcome.last.score.unchangedShare)} %`,
      difference(toBase),
      difference(toFirst?.one),
      ...(most === undefined || most === 1 ? [] : [difference(toFirst?.most)]),
    ];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
};
