import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../activities/ports.js';
import { putRows } from '../../activities/rows.js';
import { openFolderStore } from '../../adapters/store/folder-store.js';
import { openManifestLog } from '../../adapters/store/manifest-log.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import { campaignConfigSchema } from '../../contract/config.js';
import { type EvaluationRecord, type Manifest, manifestContentSchema } from '../../contract/manifest.js';
import type { SampleRow, VerdictRow } from '../../contract/rows.js';
import type { TracedTasks } from '../../contract/steps.js';
import type { RepairTask } from '../../contract/task.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { parseCompletion } from '../../core/prompt/parse.js';
import { scoreVerdicts } from '../../core/statistics/score.js';
import { repairTask } from './tasks.js';
import { traceOf } from './traces.js';

/** What a fake answer says to a task, and what became of it. */
export interface FakeAnswer {
  completion: string;
  reason: VerdictRow['reason'];
}
export type Answer = (task: RepairTask, index: number) => FakeAnswer;

const fence = '```';
export const fixed = (task: RepairTask, rationale = 'The sign in the last line is wrong.'): FakeAnswer => ({
  completion: `${rationale}\n${fence}python\n${task.reference}${fence}\n`,
  reason: 'ok',
});
export const wrong = (_task: RepairTask): FakeAnswer => ({
  completion: `It subtracts.\n${fence}python\ndef add(a, b):\n    return b - a\n${fence}\n`,
  reason: 'assertion',
});
export const rambling = (): FakeAnswer => ({ completion: 'def add? I think', reason: 'unparsable' });

const evaluated = { k: [1, 2, 5] };
const base = { model: 'fake', digest: 'sha-base', tuned: false };
const tuned = (round: number) => ({ model: `tuned-${round}`, digest: `sha-tuned-${round}`, tuned: true });

const traced = async (store: ObjectStore, tasks: RepairTask[]): Promise<TracedTasks> => ({
  tasks: await putRows(store, tasks),
  traces: await putRows(
    store,
    tasks.map((task) => traceOf(task)),
  ),
});

const verdictOf = (task: RepairTask, index: number, reason: VerdictRow['reason']): VerdictRow => {
  const verdict = reason === 'ok' ? 'pass' : reason === 'infrastructure' ? 'none' : 'fail';
  const outcome: VerdictRow['tests'][number]['outcome'] = reason === 'ok' || reason === 'assertion' ? reason : 'notRun';
  const tests = [task.tests, task.hiddenTests ?? []].flatMap((list, hidden) =>
    list.map((_, at) => ({ index: at, hidden: hidden === 1, outcome })),
  );
  return { taskId: task.id, index, verdict, reason, tests: reason === 'unparsable' ? [] : tests, isolation: 'fake' };
};

const draw = (tasks: RepairTask[], n: number, answer: Answer) => {
  const rows = tasks.flatMap((task) =>
    Array.from({ length: n }, (_, index) => ({ task, index, ...answer(task, index) })),
  );
  const samples = rows.map(
    ({ task, index, completion }): SampleRow => ({
      taskId: task.id,
      index,
      completion,
      finishReason: 'stop',
      completionTokens: completion.length,
      parsed: parseCompletion(completion).ok,
    }),
  );
  return { samples, verdicts: rows.map(({ task, index, reason }) => verdictOf(task, index, reason)) };
};

const shardOf = async (store: ObjectStore, { samples, verdicts }: ReturnType<typeof draw>) => [
  { samples: await putRows(store, samples), verdicts: await putRows(store, verdicts) },
];

/** Writes a campaign's record as the activities do, seal by seal, from answers that the test names. */
export const startSealedCampaign = async (campaign = 'fake-1', tasks = worldOf(12)) => {
  const stateDir = mkdtempSync(join(tmpdir(), 'nextune-record-'));
  const store = openFolderStore(join(stateDir, 'store'));
  const log = openManifestLog(join(stateDir, 'campaigns'));
  const config = campaignConfigSchema.parse({
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl: 'http://someone:secret@127.0.0.1:1/v1', name: 'fake' },
    evaluation: { samples: 4, ...evaluated },
  });
  const configuration = await store.put(canonicalJson(config));
  const problems = await traced(store, tasks);
  const common = { campaign, configuration, codeVersion: 'test', promptVersion: 'repair-1', base, shots: problems };
  const started = { campaign, configPath: 'nextune.yaml', startedAt: '2026-01-01T00:00:00.000Z' };
  await writeDurably(join(stateDir, 'campaigns', campaign, 'campaign.json'), JSON.stringify(started));
  let previous: Manifest['content']['previous'] = null;

  const evaluate = async (name: string, model: EvaluationRecord['model'], answer: Answer) => {
    const drawn = draw(tasks, 4, answer);
    const score = scoreVerdicts(tasks, drawn.verdicts, evaluated.k);
    const passAtK = score.passAtK.map((entry) => {
      if ('notEstimated' in entry) return entry;
      const { mean, low, high } = entry.estimate;
      return { k: entry.k, mean, low, high };
    });
    const summary = { ...score, score: await store.put(canonicalJson(score)), passAtK };
    return { name, model, problems, shards: await shardOf(store, drawn), score: summary };
  };

  const seal = async (content: Record<string, unknown>): Promise<Manifest> => {
    const counts = { samples: 48, parsed: 40, completionTokens: 1234, pass: 12, fail: 36, none: 0 };
    const whole = manifestContentSchema.parse({ version: 1, shards: [], counts, ...common, previous, ...content });
    const circumstances = {
      sealedAt: `2026-01-01T0${whole.round + (whole.kind === 'campaign' ? 2 : 1)}:00:00.000Z`,
      host: 'here',
      workflowId: `nextune/${campaign}`,
      runId: 'run',
      previousManifest: null,
      durations: [],
      askedGroups: 6,
      recordedGroups: 0,
      trainSeconds: 90,
    };
    const manifest: Manifest = { content: whole, contentDigest: digestOfValue(whole), circumstances };
    const digest = await store.put(canonicalJson(manifest));
    await log.append(campaign, { kind: whole.kind, round: whole.round, manifest: digest });
    previous = manifest.contentDigest;
    return manifest;
  };

  return {
    campaign,
    stateDir,
    store,
    tasks,
    sealBase: async (answer: Answer) =>
      await seal({ kind: 'base', round: 0, problems, evaluations: [await evaluate('base-dev', base, answer)] }),
    sealRound: async (round: number, drawn: Answer, answer?: Answer) => {
      const rows = draw(tasks, 8, drawn);
      const passed = rows.verdicts.filter(({ verdict }) => verdict === 'pass');
      const kept = answer ? passed.slice(0, 5) : [];
      const leftOut = { verdict: rows.verdicts.length - passed.length, duplicate: passed.length - kept.length };
      return await seal({
        kind: 'round',
        round,
        problems,
        sampledFrom: round === 1 ? base : tuned(round - 1),
        shards: await shardOf(store, rows),
        training: await putRows(store, kept),
        selection: { tasksSolved: new Set(kept.map(({ taskId }) => taskId)).size, leftOut },
        evaluations: answer ? [await evaluate('dev', tuned(round), answer)] : [],
        ...(answer && { produced: tuned(round) }),
        ...(answer && { fineTune: { steps: 6, trainTokens: 4321, finalLoss: 0.4567, precision: 'fp32' } }),
        ...(!answer && { ended: `round ${round} kept 0 training samples` }),
      });
    },
    sealEnd: async (round: number, best: number, answers?: { base: Answer; best: Answer }) =>
      await seal({
        kind: 'campaign',
        round,
        best,
        evaluations: answers
          ? [
              await evaluate('base-dev-no-trace', base, answers.base),
              await evaluate('best-dev-no-trace', tuned(best), answers.best),
              await evaluate('base-test', base, answers.base),
              await evaluate('best-test', tuned(best), answers.best),
            ]
          : [],
      }),
  };
};

/** Repair tasks of as many problems, one each. */
export const worldOf = (problems: number): RepairTask[] =>
  Array.from({ length: problems }, (_, at) => repairTask(`dev-${at}.`, { split: 'dev' }));
