import { changeOfPassAtK, type PassAtKChange, type TaskTally } from '../../core/statistics/score.js';
import type { ReportData, ScoredModel } from '../../report/data.js';

/** What one arm's campaign came to: its base and its last round's model on dev, never the best of several. */
export interface ArmOutcome {
  arm: string;
  campaign: string;
  /** Samples the last round was trained on, and the first's. */
  trained: number;
  trainedFirst: number;
  base: ScoredModel;
  last: ScoredModel;
  rounds: number;
  /** Requests that this arm's campaign paid for, and those found in the ledger, where earlier arms or runs left them. */
  requests: { asked: number; recorded: number };
  /** Why it ended before its rounds were done. */
  stopped?: string | undefined;
}

/** Reads an arm's outcome from its campaign's record. Undefined where nothing was scored. */
export const outcomeOf = (arm: string, { campaign, dev, seals }: ReportData): ArmOutcome | undefined => {
  const base = dev[0];
  const last = dev.at(-1);
  if (!base || !last) return undefined;
  const sizes = seals
    .filter(({ manifest }) => manifest.content.kind === 'round')
    .map(({ manifest }) => manifest.content.training?.rows ?? 0);
  const sum = (key: 'askedGroups' | 'recordedGroups'): number =>
    seals.reduce((total, { manifest }) => total + manifest.circumstances[key], 0);
  const stopped = seals.at(-1)?.manifest.content.ended;
  return {
    arm,
    campaign,
    trained: sizes.at(-1) ?? 0,
    trainedFirst: sizes[0] ?? 0,
    base,
    last,
    rounds: last.round,
    requests: { asked: sum('askedGroups'), recorded: sum('recordedGroups') },
    stopped,
  };
};

/** The largest k up to 25 that is compared beside pass@1: gains shrink with k. */
export const mostK = 25;

/** How an arm's model differs from its own base, and from the first arm's model, at pass@1 and at the largest shared k. */
export interface ArmDifferences {
  toBase: PassAtKChange | undefined;
  toFirst: { one: PassAtKChange | undefined; most: PassAtKChange | undefined } | undefined;
}

const change = (before: readonly TaskTally[], after: readonly TaskTally[], k: number): PassAtKChange | undefined =>
  changeOfPassAtK({ before, after }, k);

export const differencesOf = (outcome: ArmOutcome, first: ArmOutcome): ArmDifferences => {
  const { base, last } = outcome;
  return {
    toBase: last.round === 0 ? undefined : change(base.tallies, last.tallies, 1),
    toFirst:
      outcome === first
        ? undefined
        : { one: change(first.last.tallies, last.tallies, 1), most: change(first.last.tallies, last.tallies, mostK) },
  };
};
