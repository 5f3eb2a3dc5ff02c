import type { EvaluationArm, EvaluationFile } from '../../contract/evaluation.js';
import { coverageWarning } from '../../core/statistics/interval.js';
import { columns, percent } from './numbers.js';

type Entry = EvaluationArm['score']['passAtK'][number];

const cell = (entry: Entry | undefined): string =>
  entry && 'mean' in entry ? `${percent(entry.mean)} [${percent(entry.low)}, ${percent(entry.high)}]` : 'not estimated';

/** pass@k of every arm by all tests, and pass@1 by the visible ones alone, in percent with 95 % intervals. */
export const evaluationTable = ({ arms }: EvaluationFile): string[] => {
  const ks = arms[0]?.score.passAtK.map(({ k }) => k) ?? [];
  const at = (entries: readonly Entry[], k: number): Entry | undefined => entries.find((one) => one.k === k);
  return columns([
    [
      '',
      ...ks.map((k) => `pass@${k}`),
      'visible tests only, pass@1',
      'no verdict',
      'parsed',
      'unchanged',
      'tokens a sample',
      'prompt tokens',
    ],
    ...arms.map(({ name, score, visible, completionTokens, promptTokens, n }) => [
      name,
      ...ks.map((k) => (k > n ? 'not estimated' : cell(at(score.passAtK, k)))),
      cell(at(visible.passAtK, 1)),
      String(score.none),
      `${percent(score.parsedShare)} %`,
      `${percent(score.unchangedShare)} %`,
      (completionTokens / Math.max(1, score.samples + score.none)).toFixed(0),
      promptTokens === undefined ? 'not kept' : String(promptTokens),
    ]),
  ]);
};

/** Claims of values in the rationales, checked against trace and tests. */
export const faithfulnessTable = ({ arms }: EvaluationFile): string[] =>
  columns([
    [
      '',
      'rationales',
      'supported',
      'contradicted',
      'nothing checkable',
      'claims: supported',
      'contradicted',
      'not checkable',
    ],
    ...arms
      .filter(({ name }) => !name.startsWith('proxy'))
      .flatMap(({ name, faithfulness }) =>
        faithfulness
          ? [
              [
                name,
                String(faithfulness.rationales),
                String(faithfulness.byRationale.supported),
                String(faithfulness.byRationale.contradicted),
                String(faithfulness.byRationale.unchecked),
                String(faithfulness.claims.supported),
                String(faithfulness.claims.contradicted),
                String(faithfulness.claims.notCheckable),
              ],
            ]
          : [],
      ),
  ]);

/** What is to be said of how far the intervals can be trusted. */
export const evaluationWarnings = ({ arms }: EvaluationFile, problems: number): string[] => {
  const warnings = arms.flatMap(({ score }) =>
    score.passAtK.flatMap((entry) =>
      'mean' in entry ? [coverageWarning({ mean: entry.mean, clusters: problems })] : [],
    ),
  );
  return [...new Set(warnings.filter((one) => one !== undefined))];
};
