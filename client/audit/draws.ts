import type { RowsRef } from '../../contract/digest.js';
import type { Manifest } from '../../contract/manifest.js';
import type { TracedTasks } from '../../contract/steps.js';

type Content = Manifest['content'];

/** One set of samples that a manifest holds: what was asked, the shards, and the score where it has one. */
export interface SealedDraw {
  /** `train`, `filter`, or an evaluation's name. */
  name: string;
  shards: { samples: RowsRef; verdicts: RowsRef }[];
  /** Absent for the filter's, whose tasks are those of the whole train split. */
  problems?: TracedTasks;
  score?: Content['evaluations'][number]['score'];
  model: Content['base'];
  /** Of each task the first sample's index: above 0 where a model was sampled again after a roll-back. */
  firstIndex?: number;
  /** Whether the manifest's counts are over it. */
  counted: boolean;
}

/** Every set of samples under a manifest. */
export const drawsOf = (content: Content): SealedDraw[] => {
  const { base, filter, shards, problems, sampledFrom, evaluations, firstIndex = 0 } = content;
  return [
    ...(filter ? [{ name: 'filter', shards: filter, model: base, counted: false }] : []),
    ...(shards.length > 0
      ? [
          {
            name: 'train',
            shards,
            model: sampledFrom ?? base,
            counted: true,
            firstIndex,
            ...(problems && { problems }),
          },
        ]
      : []),
    ...evaluations.map((one) => ({
      name: one.name,
      shards: one.shards,
      problems: one.problems,
      score: one.score,
      model: one.model,
      counted: true,
    })),
  ];
};
