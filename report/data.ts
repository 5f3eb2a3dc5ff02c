import type { Digest } from '../contract/digest.js';
import type { EvaluationRecord, Manifest } from '../contract/manifest.js';
import type { SampleRow, VerdictRow } from '../contract/rows.js';
import type { Task } from '../contract/task.js';
import type { FaithfulnessSummary } from '../core/faithfulness/summary.js';
import type { TaskTally } from '../core/statistics/score.js';
import type { RenderedTrace } from '../core/trace/index.js';

/** How many verdicts had each reason. */
export type ReasonCounts = Partial<Record<VerdictRow['reason'], number>>;

/** How many verdicts passed once and not again, by task. */
export type FlakyTasks = Record<string, number>;

/** One model's score on one split; `round` 0 is the base. Tallies are what paired differences are computed from. */
export interface ScoredModel {
  round: number;
  model: string;
  score: EvaluationRecord['score'];
  tallies: TaskTally[];
  reasons: ReasonCounts;
  flakyTasks: FlakyTasks;
}

/** A sealed round's training samples: everything drawn, by verdict and reason. */
export interface DrawnRound {
  round: number;
  drawn: number;
  passed: number;
  none: number;
  reasons: ReasonCounts;
  flakyTasks: FlakyTasks;
  /** What the drawn rationales say of values, checked against trace and visible tests. */
  faithfulness?: FaithfulnessSummary;
}

/** One answer to a held-out bug, as it was drawn and judged. */
export interface Example {
  split: 'dev' | 'test';
  task: Task;
  trace: RenderedTrace;
  sample: SampleRow;
  verdict: VerdictRow;
  /** How many of this model's samples of the task passed, and how many of the base's. */
  tally: Pick<TaskTally, 'n' | 'passes'>;
  baseTally?: Pick<TaskTally, 'n' | 'passes'>;
}

export interface Gallery {
  round: number;
  /** Held-out tasks that were asked about, and how many of them at least one sample solved. */
  tasks: number;
  tasksSolved: number;
  solved: Example[];
  failed: Example[];
}

export interface Seal {
  /** Digest of the manifest object. */
  digest: Digest;
  manifest: Manifest;
}

/** A campaign's sealed record as a page shows it: rows are counted, all but the gallery's. Nothing here is rounded. */
export interface ReportData {
  campaign: string;
  startedAt: string;
  /** The configuration as it was sealed, with its defaults. */
  configuration: Record<string, unknown>;
  /** In order of sealing: the base, each round, the campaign's end where it has come. At least one. */
  seals: Seal[];
  /** Base first, then each round that made a model. */
  dev: ScoredModel[];
  withoutTrace: ScoredModel[];
  test: ScoredModel[];
  rounds: DrawnRound[];
  gallery: Gallery | undefined;
}
