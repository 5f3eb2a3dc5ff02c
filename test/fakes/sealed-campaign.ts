import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../activities/ports.js';
import { putRows } from '../../activities/rows.js';
import { type SealArgs, sealManifestAt } from '../../activities/seal-manifest.js';
import { openAnchor } from '../../adapters/audit/anchor.js';
import { openEventLog } from '../../adapters/audit/event-log.js';
import { openSigner } from '../../adapters/audit/signer.js';
import { openStorage, settleStorage } from '../../adapters/store/open-storage.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import type { SealedManifest } from '../../contract/campaign.js';
import { campaignConfigSchema, type S3Location } from '../../contract/config.js';
import type { Digest, RowsRef } from '../../contract/digest.js';
import type { EvaluationRecord, Manifest } from '../../contract/manifest.js';
import type { SampleRow, VerdictRow } from '../../contract/rows.js';
import type { TracedTasks } from '../../contract/steps.js';
import type { RepairTask } from '../../contract/task.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { readManifest } from '../../core/hash/read-manifest.js';
import { cutIntoShards } from '../../core/plan/shards.js';
import { parseCompletion } from '../../core/prompt/parse.js';
import { scoreVerdicts, summariseScore } from '../../core/statistics/score.js';
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
export const lucky = (task: RepairTask): FakeAnswer => ({ ...fixed(task), reason: 'flaky' });
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

/** Rows of one draw, cut into shards of this many tasks. */
const tasksOfShard = 6;

const shardsOf = async (store: ObjectStore, tasks: RepairTask[], { samples, verdicts }: ReturnType<typeof draw>) =>
  await Promise.all(
    cutIntoShards(tasks.length, tasksOfShard).map(async ({ from, to }) => {
      const ids = new Set(tasks.slice(from, to).map(({ id }) => id));
      const mine = <Row extends { taskId: string }>(rows: Row[]): Row[] => rows.filter(({ taskId }) => ids.has(taskId));
      const judged = mine(verdicts);
      return {
        samples: await putRows(store, mine(samples)),
        verdicts: await putRows(store, judged),
        durations: await putRows(
          store,
          judged.map(({ taskId, index }) => ({ taskId, index, durationMs: index + 1 })),
        ),
      };
    }),
  );

const countsOf = ({ samples, verdicts }: ReturnType<typeof draw>): Record<string, number> => {
  const of = (wanted: VerdictRow['verdict']): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  return {
    samples: samples.length,
    parsed: samples.filter(({ parsed }) => parsed).length,
    completionTokens: samples.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    pass: of('pass'),
    fail: of('fail'),
    none: of('none'),
    flaky: verdicts.filter(({ reason }) => reason === 'flaky').length,
  };
};

const adapterFiles = ['adapter_config.json', 'adapter_model.safetensors', 'adapter.gguf'].sort();

/** A folder in the shape of a trained adapter, with bytes of this round. */
const putAdapter = async (store: ObjectStore, round: number): Promise<Digest> => {
  const files = await Promise.all(
    adapterFiles.map(async (path) => {
      const bytes = Buffer.from(`${path} of round ${round}\n`);
      return { path, digest: await store.put(bytes), bytes: bytes.length };
    }),
  );
  return await store.put(canonicalJson({ files }));
};

type Drawn = { rows: ReturnType<typeof draw>; shards: Awaited<ReturnType<typeof shardsOf>> };

/** Writes a campaign's record as the activities do, seal by seal, from answers that the test names. */
export const startSealedCampaign = async (campaign = 'fake-1', tasks = worldOf(12), s3?: S3Location) => {
  const stateDir = mkdtempSync(join(tmpdir(), 'nextune-record-'));
  settleStorage(stateDir, s3);
  const { store, manifests, eventFiles } = openStorage(stateDir);
  const signer = openSigner(stateDir);
  const deps = {
    store,
    manifests,
    signer,
    events: openEventLog(eventFiles, signer),
    anchor: openAnchor(stateDir, signer),
    environment: async () => ({ packageLock: await store.put('{}'), pythonLocks: await store.put('{"a":1}') }),
  };
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
  let previous: SealedManifest | undefined;

  const drawn = async (n: number, answer: Answer): Promise<Drawn> => {
    const rows = draw(tasks, n, answer);
    return { rows, shards: await shardsOf(store, tasks, rows) };
  };

  const evaluate = async (name: string, model: EvaluationRecord['model'], answer: Answer) => {
    const set = await drawn(4, answer);
    const score = scoreVerdicts(tasks, set.rows.verdicts, evaluated.k);
    const summary = { score: await store.put(canonicalJson(score)), ...summariseScore(score) };
    return { set, record: { name, model, problems, shards: set.shards.map(rowsOfShard), score: summary } };
  };

  const seal = async (
    content: Pick<SealArgs['content'], 'kind' | 'round'> & Partial<SealArgs['content']>,
    sets: Drawn[],
  ): Promise<Manifest> => {
    const counts: Record<string, number> = {};
    for (const { rows } of sets)
      for (const [name, count] of Object.entries(countsOf(rows))) counts[name] = (counts[name] ?? 0) + count;
    const { kind, round } = content;
    previous = await sealManifestAt(
      deps,
      {
        content: { shards: [], evaluations: [], counts, ...common, previous: previous?.content ?? null, ...content },
        circumstances: {
          previousManifest: previous?.manifest ?? null,
          durations: sets.flatMap(({ shards }) => shards.map(({ durations }) => durations)),
          askedGroups: 6,
          recordedGroups: 0,
          trainSeconds: 90,
        },
      },
      {
        workflowId: `nextune/${campaign}`,
        runId: 'run',
        activityId: `${kind}-${round}`,
        host: 'here',
        sealedAt: `2026-01-01T0${round + (kind === 'campaign' ? 2 : 1)}:00:00.000Z`,
      },
    );
    return readManifest(await store.get(previous.manifest)).manifest;
  };

  return {
    campaign,
    stateDir,
    store,
    tasks,
    events: deps.events,
    sealBase: async (answer: Answer) => {
      const { set, record } = await evaluate('base-dev', base, answer);
      return await seal({ kind: 'base', round: 0, problems, dataset: problems.tasks, evaluations: [record] }, [set]);
    },
    sealRound: async (round: number, answers: Answer, devAnswers?: Answer) => {
      const set = await drawn(8, answers);
      const passed = set.rows.samples.filter((_, at) => set.rows.verdicts[at]?.verdict === 'pass');
      const kept = devAnswers ? passed.slice(0, 5) : [];
      const leftOut = { verdict: set.rows.verdicts.length - passed.length, duplicate: passed.length - kept.length };
      const training = kept.map(({ taskId, index, completion }) => ({
        taskId,
        index,
        messages: [{ role: 'user', content: 'Repair it.' }],
        completion,
      }));
      const adapter = devAnswers && (await putAdapter(store, round));
      const model = { ...tuned(round), ...(adapter && { adapter }) };
      const dev = devAnswers && (await evaluate('dev', model, devAnswers));
      return await seal(
        {
          kind: 'round',
          round,
          problems,
          sampledFrom: round === 1 ? base : tuned(round - 1),
          shards: set.shards.map(rowsOfShard),
          training: await putRows(store, training),
          selection: { tasksSolved: new Set(kept.map(({ taskId }) => taskId)).size, leftOut },
          ...(dev && { evaluations: [dev.record], produced: model }),
          ...(dev && { fineTune: { steps: 6, trainTokens: 4321, finalLoss: 0.4567, precision: 'fp32' } }),
          ...(!dev && { ended: `round ${round} kept 0 training samples` }),
        },
        [set, ...(dev ? [dev.set] : [])],
      );
    },
    sealEnd: async (round: number, best: number, answers?: { base: Answer; best: Answer }) => {
      const scored = answers
        ? [
            await evaluate('base-dev-no-trace', base, answers.base),
            await evaluate('best-dev-no-trace', tuned(best), answers.best),
            await evaluate('base-test', base, answers.base),
            await evaluate('best-test', tuned(best), answers.best),
          ]
        : [];
      return await seal(
        { kind: 'campaign', round, best, evaluations: scored.map(({ record }) => record) },
        scored.map(({ set }) => set),
      );
    },
  };
};

const rowsOfShard = ({ samples, verdicts }: { samples: RowsRef; verdicts: RowsRef }) => ({ samples, verdicts });

/** Repair tasks of as many problems, one each. */
export const worldOf = (problems: number): RepairTask[] =>
  Array.from({ length: problems }, (_, at) => repairTask(`dev-${at}.`, { split: 'dev' }));
