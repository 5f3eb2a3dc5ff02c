import { taskSchema } from '../../contract/task.js';
import { digestOf } from '../../core/hash/digest.js';
import { scoreVerdicts } from '../../core/statistics/score.js';
import type { Example, ReportData, ScoredModel, Seal } from '../../report/data.js';
import { repairTask } from '../fakes/tasks.js';

const tasks = Array.from({ length: 4 }, (_, at) => taskSchema.parse(repairTask(`p${at}`)));

/** A model that solves the first `solved` of four problems, each asked twice. */
export const scoredModel = (round: number, solved: number, ks = [1, 5]): ScoredModel => {
  const verdicts = tasks.flatMap(({ id }, at) =>
    [0, 1].map(
      () => ({ taskId: id, verdict: at < solved ? 'pass' : 'fail', reason: at < solved ? 'ok' : 'assertion' }) as const,
    ),
  );
  const score = scoreVerdicts(tasks, verdicts, ks);
  const passAtK = score.passAtK.map((entry) => ('estimate' in entry ? { k: entry.k, ...entry.estimate } : entry));
  const summary = { ...score, score: digestOf('score'), passAtK };
  return {
    round,
    model: `model-${round}`,
    score: summary,
    tallies: score.tallies,
    reasons: { ok: 2 * solved },
    flakyTasks: {},
  };
};

export const seal = (
  kind: 'base' | 'round' | 'campaign',
  round: number,
  content: Partial<Seal['manifest']['content']> = {},
): Seal => {
  const nothing = { digest: digestOf(''), rows: 0 };
  const traced = { tasks: nothing, traces: nothing };
  return {
    digest: digestOf(`${kind}${round}`),
    manifest: {
      contentDigest: digestOf(`content ${kind}${round}`),
      content: {
        version: 1,
        kind,
        campaign: 'c-1',
        round,
        configuration: digestOf('configuration'),
        codeVersion: '1',
        promptVersion: 'repair-1',
        base: { model: 'base', digest: 'sha-base', tuned: false },
        shots: traced,
        shards: [],
        evaluations: [],
        counts: { samples: 10, completionTokens: 1000 },
        previous: null,
        ...content,
      },
      circumstances: {
        sealedAt: '2026-01-01T10:00:00.000Z',
        host: 'here',
        workflowId: 'nextune/c-1',
        runId: 'run',
        previousManifest: null,
        durations: [],
        askedGroups: 1,
        recordedGroups: 0,
      },
    },
  };
};

export const example = (completion: string): Example => ({
  split: 'dev',
  task: repairTask('p1'),
  trace: { text: 'return a - b  # (0) __return__=-1;', spans: [{ start: 12, end: 34 }] },
  sample: { taskId: 'p1#bug-1', index: 0, completion, finishReason: 'stop', completionTokens: 9, parsed: true },
  verdict: { taskId: 'p1#bug-1', index: 0, verdict: 'pass', reason: 'ok', tests: [], isolation: 'fake' },
  tally: { n: 2, passes: 1 },
});

export const reportData = (overrides: Partial<ReportData> = {}): ReportData => ({
  campaign: 'c-1',
  startedAt: '2026-01-01T09:00:00.000Z',
  configuration: { seed: '1', rounds: 2, model: { kind: 'openai', baseUrl: 'http://me:secret@host/v1' } },
  seals: [seal('base', 0)],
  dev: [scoredModel(0, 1)],
  withoutTrace: [],
  test: [],
  rounds: [],
  gallery: undefined,
  ...overrides,
});
