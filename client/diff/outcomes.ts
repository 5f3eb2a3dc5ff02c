import type { EvaluationRecord, Manifest } from '../../contract/manifest.js';
import { isDev } from '../../core/evaluation/sets.js';
import { type Comparison, comparePassAtK, type NotCompared } from '../../core/statistics/compare.js';
import { largestSharedK, sharedTallies } from '../../core/statistics/score.js';
import type { SealedRound } from '../campaign-reader.js';
import { openScoredSet } from '../evaluate/judged-set.js';
import { roundOfSpec } from '../evaluate/model-spec.js';

/** What a round of one campaign came to. Round 0 is the base. */
export interface RoundOutcome {
  counts: Record<string, number>;
  trainedOn?: number;
  tasksSolved?: number;
  /** The score on the dev split. */
  dev?: EvaluationRecord['score'];
}

/** A round of both. `same` names what of it has the very digests of the other's; absent where one did not get there. */
export interface RoundPair {
  round: number;
  a?: RoundOutcome;
  b?: RoundOutcome;
  same?: Record<'samples' | 'verdicts' | 'trainingSet' | 'model', boolean>;
}

type Content = Manifest['content'];

const outcomeOf = ({ counts, training, selection, evaluations }: Content): RoundOutcome => {
  const dev = evaluations.find(({ name }) => isDev(name))?.score;
  return {
    counts,
    ...(training && { trainedOn: training.rows }),
    ...(selection && { tasksSolved: selection.tasksSolved }),
    ...(dev && { dev }),
  };
};

const shardsOf = ({ shards, filter, evaluations }: Content) => [
  ...(filter ?? []),
  ...shards,
  ...evaluations.flatMap((one) => one.shards),
];

const sameOf = (a: Content, b: Content): NonNullable<RoundPair['same']> => {
  const digests = (content: Content, of: 'samples' | 'verdicts'): string =>
    shardsOf(content)
      .map((shard) => shard[of].digest)
      .join();
  return {
    samples: digests(a, 'samples') === digests(b, 'samples'),
    verdicts: digests(a, 'verdicts') === digests(b, 'verdicts'),
    trainingSet: a.training?.digest === b.training?.digest,
    model: (a.produced ?? a.base).digest === (b.produced ?? b.base).digest,
  };
};

const contentsByRound = (sealed: readonly SealedRound[]): Map<number, Content> =>
  new Map(
    sealed.flatMap(({ entry, manifest }) => (entry.kind === 'campaign' ? [] : [[entry.round, manifest.content]])),
  );

/** Round by round beside each other. */
export const pairRounds = (a: readonly SealedRound[], b: readonly SealedRound[]): RoundPair[] => {
  const [inA, inB] = [contentsByRound(a), contentsByRound(b)];
  return [...new Set([...inA.keys(), ...inB.keys()])]
    .sort((one, other) => one - other)
    .map((round) => {
      const [one, other] = [inA.get(round), inB.get(round)];
      return {
        round,
        ...(one && { a: outcomeOf(one) }),
        ...(other && { b: outcomeOf(other) }),
        ...(one && other && { same: sameOf(one, other) }),
      };
    });
};

/** How far a campaign came, and which checkpoint is its best. */
export const endOf = (sealed: readonly SealedRound[]): { ended: boolean; rounds: number; best: number } => ({
  ended: sealed.some(({ entry }) => entry.kind === 'campaign'),
  rounds: Math.max(0, ...sealed.map(({ entry }) => entry.round)),
  best: roundOfSpec(sealed, 'best'),
});

export interface PairedOutcome {
  on: 'dev' | 'test';
  results: (Comparison | NotCompared)[];
}

const seed = '1';
const ks = [1, 25];

/** One of the two, as its record tells it. */
interface Side {
  campaign: string;
  sealed: readonly SealedRound[];
}

/**
 * The best checkpoints of both on the tasks that both were asked, paired; none where a split was not asked of both.
 * @throws NextuneFailure storeCorrupt where rows of one that was asked can't be read
 */
export const compareBest = async (stateDir: string, a: Side, b: Side): Promise<PairedOutcome[]> => {
  const paired: PairedOutcome[] = [];
  for (const on of ['dev', 'test'] as const) {
    const best = (side: Side) => openScoredSet(stateDir, { ...side, round: roundOfSpec(side.sealed, 'best'), on });
    const [one, other] = [await best(a), await best(b)];
    if (!one || !other) continue;
    const models = { a: one.tallies, b: other.tallies };
    const { before, after } = sharedTallies(models.a, models.b);
    const most = before.length === 0 ? 0 : largestSharedK(Math.max(...ks), before, after);
    const asked = [...new Set([1, ...(most > 1 ? [most] : [])])];
    paired.push({ on, results: asked.map((k) => comparePassAtK(models, k, seed)) });
  }
  return paired;
};
