import type { Deps } from '../../activities/deps.js';
import type { Candidate, ObjectStore } from '../../activities/ports.js';
import { select } from '../../activities/select.js';
import { codeVersion } from '../../adapters/code-version.js';
import { createNormaliser } from '../../adapters/program/normaliser.js';
import { openTracer } from '../../adapters/sandbox/tracer.js';
import { openVerifier } from '../../adapters/sandbox/verifier.js';
import { campaignConfigSchema } from '../../contract/config.js';
import { InputError } from '../../contract/failures.js';
import { sampleRowSchema, type VerdictRow, verdictRowSchema } from '../../contract/rows.js';
import { type Task, taskSchema } from '../../contract/task.js';
import { taskTraceSchema } from '../../contract/trace.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { digestOf } from '../../core/hash/digest.js';
import { parseCompletion } from '../../core/prompt/parse.js';
import { shuffled } from '../../core/random.js';
import type { CampaignReader, SealedRound } from '../campaign-reader.js';
import { drawsOf, type SealedDraw } from './draws.js';
import { findRow, type RowName } from './find-row.js';

export interface Difference {
  what: string;
  sealed: string;
  again: string;
}

/** What was computed again from the record, and every difference to what was sealed. */
export interface Replayed {
  verdicts: number;
  traces: number;
  /** Left out where prompts were fitted by the served model's count of tokens: a replay asks no model. */
  selection: 'made again' | 'not part of this' | 'left out: it needs the served model';
  differences: Difference[];
  /** Where it was computed again on something else: isolation and interpreter of the verdicts, and the code. */
  elsewhere: Difference[];
}

type Sandboxes = Pick<Deps, 'verifier' | 'tracer' | 'normaliser'>;

const realSandboxes = (): Sandboxes => ({
  verifier: () => openVerifier({}),
  tracer: () => openTracer({}),
  normaliser: createNormaliser(),
});

/** Judges one sample again and traces its task again. */
export const replaySample = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  name: RowName,
  sandboxes = realSandboxes(),
): Promise<Replayed> => {
  const { round, draw } = await findRow(reader, sealed, name);
  const wanted = (row: { taskId: string; index: number }): boolean =>
    row.taskId === name.taskId && row.index === name.index;
  return await replayDraw({ reader, sandboxes, round, draw, taskIds: new Set([name.taskId]), wanted });
};

/** Judges and traces again a share of a round's tasks, drawn by seed, and selects its training set again. */
export const replayRound = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  { round: number, share }: { round: number; share: number },
  sandboxes = realSandboxes(),
): Promise<Replayed> => {
  const round = sealed.find(({ entry }) => entry.kind === 'round' && entry.round === number);
  const draw = round && drawsOf(round.manifest.content).find(({ name }) => name === 'train');
  if (!round || !draw?.problems) throw new InputError(`there is no sealed round ${number} with samples`);
  const tasks = await reader.rows(draw.problems.tasks, taskSchema);
  const count = Math.max(1, Math.round(share * tasks.length));
  const taskIds = new Set(
    shuffled(tasks, `replay/${number}`)
      .slice(0, count)
      .map(({ id }) => id),
  );
  const replayed = await replayDraw({ reader, sandboxes, round, draw, taskIds, wanted: () => true });
  const difference = await replaySelection(reader, sandboxes, round);
  return {
    ...replayed,
    selection: typeof difference === 'string' ? difference : 'made again',
    differences: [...replayed.differences, ...(typeof difference === 'string' ? [] : difference)],
  };
};

interface DrawReplay {
  reader: CampaignReader;
  sandboxes: Sandboxes;
  round: SealedRound;
  draw: SealedDraw;
  taskIds: ReadonlySet<string>;
  wanted: (row: { taskId: string; index: number }) => boolean;
}

const configOf = async (reader: CampaignReader, { manifest }: SealedRound) =>
  campaignConfigSchema.parse(JSON.parse((await reader.store.get(manifest.content.configuration)).toString('utf8')));

const replayDraw = async (replay: DrawReplay): Promise<Replayed> => {
  const { reader, sandboxes, round, draw, taskIds, wanted } = replay;
  const { problems } = draw.problems ? { problems: draw.problems } : round.manifest.content;
  if (!problems) throw new InputError(`the record does not say which tasks ${draw.name} asked`);
  const tasks = (await reader.rows(problems.tasks, taskSchema)).filter(({ id }) => taskIds.has(id));
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const candidates: Candidate[] = [];
  const before: VerdictRow[] = [];
  for (const shard of draw.shards) {
    const samples = await reader.rows(shard.samples, sampleRowSchema);
    const verdicts = await reader.rows(shard.verdicts, verdictRowSchema);
    for (const [at, sample] of samples.entries()) {
      const task = byId.get(sample.taskId);
      const verdict = verdicts[at];
      if (!task || !verdict || !wanted(sample)) continue;
      const parsed = parseCompletion(sample.completion);
      candidates.push({ task, index: sample.index, program: parsed.ok ? parsed.program : undefined });
      before.push(verdict);
    }
  }
  const limits = (await configOf(reader, round)).verify;
  const judged = await judgeAgain(sandboxes, candidates, before, limits);
  const traced = await traceAgain(reader, sandboxes, tasks, problems.traces);
  return {
    verdicts: candidates.length,
    traces: tasks.length,
    selection: 'not part of this',
    differences: [...judged.differences, ...traced],
    elsewhere: [...judged.elsewhere, ...difference('code', round.manifest.content.codeVersion, await codeVersion())],
  };
};

const judgeAgain = async (
  sandboxes: Sandboxes,
  candidates: Candidate[],
  before: VerdictRow[],
  limits: { cpuLimitMs: number; memoryBytes: number },
): Promise<Pick<Replayed, 'differences' | 'elsewhere'>> => {
  const verifier = await sandboxes.verifier();
  try {
    const again = await verifier.verify(candidates, limits);
    const differences = again.flatMap(({ durationMs: _circumstance, isolation: _place, ...row }, at) => {
      const { isolation: _sealedPlace, ...sealed } = before[at] ?? {};
      return difference(`verdict ${row.taskId}:${row.index}`, sealed, row);
    });
    return {
      differences,
      elsewhere: difference('isolation and interpreter', isolationsOf(before), isolationsOf(again)),
    };
  } finally {
    await verifier.close();
  }
};

/** Each that some verdict names, in the order of their first. */
const isolationsOf = (verdicts: readonly { isolation: string }[]): string =>
  [...new Set(verdicts.map(({ isolation }) => isolation))].join(', ');

const traceAgain = async (
  reader: CampaignReader,
  sandboxes: Sandboxes,
  tasks: Task[],
  traces: Parameters<CampaignReader['rows']>[0],
): Promise<Difference[]> => {
  const tracer = await sandboxes.tracer();
  try {
    const again = await tracer.trace(tasks);
    const sealed = new Map((await reader.rows(traces, taskTraceSchema)).map((trace) => [trace.taskId, trace]));
    return again.flatMap((trace) => difference(`trace ${trace.taskId}`, sealed.get(trace.taskId), trace));
  } finally {
    await tracer.close();
  }
};

const difference = (what: string, sealed: unknown, again: unknown): Difference[] => {
  const [one, other] = [canonicalJson(sealed ?? null), canonicalJson(again)];
  return one === other ? [] : [{ what, sealed: one, again: other }];
};

/** Reads from the record and writes nothing: what would be stored is only named. */
const readOnly = (store: ObjectStore): ObjectStore => ({
  get: (digest) => store.get(digest),
  has: (digest) => store.has(digest),
  put: async (bytes) => digestOf(bytes),
  putBulk: async (bytes) => digestOf(bytes),
  putFile: () => Promise.reject(new Error('a replay stores no file')),
});

const replaySelection = async (
  reader: CampaignReader,
  sandboxes: Sandboxes,
  round: SealedRound,
): Promise<Difference[] | Exclude<Replayed['selection'], 'made again'>> => {
  const { training, selection, problems, shards } = round.manifest.content;
  if (!training || !problems) return 'not part of this';
  const config = await configOf(reader, round);
  if (config.sampling.trace?.maxTokens !== undefined) return 'left out: it needs the served model';
  const again = await select({ store: readOnly(reader.store), normaliser: sandboxes.normaliser } as Deps, {
    seed: config.seed,
    rules: config.selection,
    format: config.sampling.traceFormat,
    traceMaxChars: config.sampling.traceMaxChars,
    trace: config.sampling.trace,
    withRationale: config.sampling.rationale,
    problems,
    shards,
  });
  return [
    ...difference('training set', training.digest, again.training.digest),
    ...difference('selection', selection, { tasksSolved: again.tasksSolved, leftOut: again.leftOut }),
  ];
};
