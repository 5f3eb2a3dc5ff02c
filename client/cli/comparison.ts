import type { Comparison, NotCompared } from '../../core/statistics/compare.js';
import { columns, points } from './numbers.js';

const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

const row = (compared: Comparison): string[] => {
  const { k, tasks, difference, test, effect, smallestDetectable: smallest, mcNemar } = compared;
  return [
    `pass@${k}`,
    `${points(difference.difference)} [${points(difference.low)}, ${points(difference.high)}]`,
    `${pText(test.pValue)} (${test.assignments} ${test.method})`,
    effect ? `${effect.d.toFixed(2)} [${effect.low.toFixed(2)}, ${effect.high.toFixed(2)}]` : 'all alike',
    smallest === undefined ? 'unknown' : points(smallest).slice(1),
    mcNemar ? `${pText(mcNemar.pValue)} (only A ${mcNemar.onlyA}, only B ${mcNemar.onlyB})` : '',
    `${tasks} / ${difference.clusters}`,
  ];
};

/** Comparisons as a table: B minus A in points, paired by source problem. */
export const comparisonLines = (all: readonly (Comparison | NotCompared)[]): string[] => {
  const compared = all.filter((one): one is Comparison => 'difference' in one);
  const header = [
    '',
    'B - A, points',
    'p, paired sign-flip',
    'effect size d',
    'smallest found 4 times in 5',
    "McNemar's p",
    'tasks / problems',
  ];
  const table = compared.length === 0 ? [] : columns([header, ...compared.map(row)]);
  return [
    ...table,
    ...all.flatMap((one) => ('notCompared' in one ? [`pass@${one.k} is not compared: ${one.notCompared}`] : [])),
  ];
};
