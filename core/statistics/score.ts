import type { ScoreSummary } from '../../contract/steps.js';
import type { Task } from '../../contract/task.js';
import type { Verdict } from '../../contract/verdict.js';
import { type Estimate, estimateShare } from './interval.js';
import { type PairedDifference, pairedDifference } from './paired.js';
import { passAtK } from './pass-at-k.js';

type Judged = Pick<Verdict, 'taskId' | 'verdict' | 'reason'>;

/** What became of one task's samples. `n` leaves verdicts `none` out: they say nothing of the model. */
export interface TaskTally {
  taskId: string;
  problemId: string;
  n: number;
  passes: number;
  none: number;
}

/** pass@k with its interval, or why it is not estimated. */
export type PassAtKEstimate = { k: number; estimate: Estimate } | { k: number; notEstimated: string };

export interface Score {
  tasks: number;
  problems: number;
  samples: number;
  none: number;
  passAtK: PassAtKEstimate[];
  /** Shares of judged samples. */
  parsedShare: number;
  unchangedShare: number;
  tallies: TaskTally[];
}

/** Counts verdicts by task, in the tasks' order. */
export const tallyByTask = (tasks: readonly Task[], verdicts: readonly Judged[]): TaskTally[] => {
  const tallies = new Map(
    tasks.map((task) => [task.id, { taskId: task.id, problemId: task.problemId, n: 0, passes: 0, none: 0 }]),
  );
  for (const { taskId, verdict } of verdicts) {
    const tally = tallies.get(taskId);
    if (!tally) continue;
    if (verdict === 'none') tally.none++;
    else tally.n++;
    if (verdict === 'pass') tally.passes++;
  }
  return [...tallies.values()];
};

/** A task's pass@k as a row of its problem; tasks with fewer than k judged samples give none. */
export const passRows = (tallies: readonly TaskTally[], k: number): { cluster: string; value: number }[] =>
  tallies
    .filter(({ n }) => n >= k)
    .map(({ n, passes, problemId }) => ({ cluster: problemId, value: passAtK(n, passes, k) }));

const estimatePassAtK = (tallies: readonly TaskTally[], k: number): PassAtKEstimate => {
  const short = tallies.filter(({ n }) => n < k).length;
  if (tallies.length === 0) return { k, notEstimated: 'no tasks' };
  if (short > 0) return { k, notEstimated: `${short} of ${tallies.length} tasks have fewer than ${k} judged samples` };
  return { k, estimate: estimateShare(passRows(tallies, k)) };
};

/** A change in pass@k with the k it was taken at: the largest that both models' samples allow, up to the k asked for. */
export interface PassAtKChange extends PairedDifference {
  k: number;
}

/** The largest k up to `wanted` for which every task of both tallies has enough judged samples; 0 where there is none. */
export const largestSharedK = (wanted: number, ...tallies: (readonly TaskTally[])[]): number =>
  Math.min(wanted, ...tallies.flat().map(({ n }) => n));

/**
 * How pass@k changed from one model to another on the tasks that both were asked: paired by source problem, with its
 * 95 % interval. Undefined where they share fewer than two problems, or some task has no judged sample.
 */
export const changeOfPassAtK = (
  { before, after }: { before: readonly TaskTally[]; after: readonly TaskTally[] },
  wanted: number,
): PassAtKChange | undefined => {
  const shared = sharedTallies(before, after);
  const k = largestSharedK(wanted, shared.before, shared.after);
  if (k < 1) return undefined;
  const change = pairedDifference(passRows(shared.before, k), passRows(shared.after, k));
  return change && { k, ...change };
};

/** The tallies of the tasks that both were asked, in the first's order. */
export const sharedTallies = (
  before: readonly TaskTally[],
  after: readonly TaskTally[],
): { before: TaskTally[]; after: TaskTally[] } => {
  const byTask = new Map(after.map((tally) => [tally.taskId, tally]));
  const both = before.flatMap((tally) => {
    const other = byTask.get(tally.taskId);
    return other ? [[tally, other] as const] : [];
  });
  return { before: both.map(([tally]) => tally), after: both.map(([, tally]) => tally) };
};

const shareOf = (verdicts: readonly Judged[], has: (verdict: Judged) => boolean): number =>
  verdicts.length === 0 ? 0 : verdicts.filter(has).length / verdicts.length;

/** Scores a model on a split: pass@k with intervals clustered by source problem. */
export const scoreVerdicts = (tasks: readonly Task[], verdicts: readonly Judged[], ks: readonly number[]): Score => {
  const tallies = tallyByTask(tasks, verdicts);
  const judged = verdicts.filter(({ verdict }) => verdict !== 'none');
  return {
    tasks: tasks.length,
    problems: new Set(tasks.map((task) => task.problemId)).size,
    samples: judged.length,
    none: verdicts.length - judged.length,
    passAtK: ks.map((k) => estimatePassAtK(tallies, k)),
    parsedShare: shareOf(judged, ({ reason }) => reason !== 'unparsable'),
    unchangedShare: shareOf(judged, ({ reason }) => reason === 'unchanged'),
    tallies,
  };
};

/** A score without its tallies: what a history and a manifest carry of it. */
export const summariseScore = (score: Score): Omit<ScoreSummary, 'score'> => {
  const { tasks, samples, none, parsedShare, unchangedShare } = score;
  return { tasks, samples, none, parsedShare, unchangedShare, passAtK: score.passAtK.map(withoutMethod) };
};

const withoutMethod = (entry: PassAtKEstimate): ScoreSummary['passAtK'][number] => {
  if ('notEstimated' in entry) return entry;
  const { mean, low, high } = entry.estimate;
  return { k: entry.k, mean, low, high };
};
