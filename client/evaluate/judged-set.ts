import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationArm, EvaluationFile } from '../../contract/evaluation.js';
import { evaluationFileSchema } from '../../contract/evaluation.js';
import { InputError } from '../../contract/failures.js';
import { type SampleRow, sampleRowSchema, type VerdictRow, verdictRowSchema } from '../../contract/rows.js';
import type { TracedTasks } from '../../contract/steps.js';
import { type Task, taskSchema } from '../../contract/task.js';
import { type TaskTrace, taskTraceSchema } from '../../contract/trace.js';
import { isDev } from '../../core/evaluation/sets.js';
import { type TaskTally, tallyByTask } from '../../core/statistics/score.js';
import { findCampaign } from '../campaign-folder.js';
import { openCampaignReader, type SealedRound } from '../campaign-reader.js';
import { roundOfSpec, splitSpec } from './model-spec.js';

/** One model's judged answers to a set of tasks, wherever they came from. */
export interface JudgedSet {
  name: string;
  tasks: Task[];
  traces: TaskTrace[];
  samples: SampleRow[];
  verdicts: VerdictRow[];
  tallies: TaskTally[];
}

export interface JudgedSetChoice {
  stateDir: string;
  /** Of a campaign: `dev`, `test` or `dev-no-trace`. */
  on: string;
  /** Of an evaluation: the arm's name; its first without it. */
  arm?: string | undefined;
}

/** Reads `EVALUATION[#arm]` or `CAMPAIGN[@base|@best|@N]`. @throws InputError that says what there is */
export const openJudgedSet = async (spec: string, choice: JudgedSetChoice): Promise<JudgedSet> => {
  const [id = '', arm] = spec.split('#');
  return id.startsWith('eval-') || id.endsWith('.json')
    ? await ofEvaluation(id, { ...choice, ...(arm !== undefined && { arm }) })
    : await ofCampaign(spec, choice);
};

/** Reads an evaluation's record by id or path. */
export const readEvaluation = async (id: string, stateDir: string): Promise<EvaluationFile> => {
  const path = id.endsWith('.json') ? id : join(stateDir, 'evaluations', `${id}.json`);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError(`${path}: no such evaluation; nextune eval prints its id`, { cause });
  });
  return evaluationFileSchema.parse(JSON.parse(text));
};

const armOf = ({ id, arms }: EvaluationFile, wanted: string | undefined): EvaluationArm => {
  const found = wanted === undefined ? arms[0] : arms.find(({ name }) => name === wanted);
  if (found) return found;
  throw new InputError(`${id} has no arm ${wanted}; its arms are: ${arms.map(({ name }) => name).join('; ')}`);
};

const ofEvaluation = async (id: string, { stateDir, arm: wanted }: JudgedSetChoice): Promise<JudgedSet> => {
  const file = await readEvaluation(id, stateDir);
  const arm = armOf(file, wanted);
  const shards = arm.samples.map((samples, at) => ({ samples, verdicts: arm.verdicts[at] ?? samples }));
  return await read(stateDir, `${file.spec}, ${arm.name}`, file.problems, shards);
};

const ofCampaign = async (spec: string, { stateDir, on }: JudgedSetChoice): Promise<JudgedSet> => {
  const { campaign: wanted, which } = splitSpec(spec);
  const { campaign } = await findCampaign(stateDir, wanted);
  const sealed = await openCampaignReader(stateDir).sealed(campaign);
  const round = roundOfSpec(sealed, which);
  const set = await openScoredSet(stateDir, { campaign, sealed, round, on });
  if (set) return set;
  const known = evaluationsOf(sealed).map(({ entry, record }) => `${record.name} (${entry.kind} ${entry.round})`);
  throw new InputError(
    `campaign ${campaign} has no scores of ${which} on ${on}; it has: ${known.join(', ') || 'none yet'}`,
  );
};

const evaluationsOf = (sealed: readonly SealedRound[]) =>
  sealed.flatMap(({ entry, manifest }) =>
    manifest.content.evaluations.map((record) => ({ entry, record, best: manifest.content.best ?? 0 })),
  );

/** A round's answers to one of its campaign's sets; undefined where that set was not asked of it. */
export const openScoredSet = async (
  stateDir: string,
  of: { campaign: string; sealed: readonly SealedRound[]; round: number; on: string },
): Promise<JudgedSet | undefined> => {
  const { campaign, sealed, round, on } = of;
  const found = evaluationsOf(sealed).find(({ entry, record, best }) => {
    if (on !== 'dev') return record.name.endsWith(`-${on}`) && (record.model.tuned ? best : 0) === round;
    return entry.kind !== 'campaign' && entry.round === round && isDev(record.name);
  });
  const name = `${campaign}@${round === 0 ? 'base' : round}, ${on}`;
  return found && (await read(stateDir, name, found.record.problems, found.record.shards));
};

const read = async (
  stateDir: string,
  name: string,
  problems: TracedTasks,
  shards: Pick<JudgedShard, 'samples' | 'verdicts'>[],
): Promise<JudgedSet> => {
  const { rows } = openCampaignReader(stateDir);
  const tasks = await rows(problems.tasks, taskSchema);
  const verdicts = (await Promise.all(shards.map((shard) => rows(shard.verdicts, verdictRowSchema)))).flat();
  const samples = (await Promise.all(shards.map((shard) => rows(shard.samples, sampleRowSchema)))).flat();
  const traces = await rows(problems.traces, taskTraceSchema);
  return { name, tasks, traces, samples, verdicts, tallies: tallyByTask(tasks, verdicts) };
};

type JudgedShard = { samples: EvaluationArm['samples'][number]; verdicts: EvaluationArm['verdicts'][number] };
