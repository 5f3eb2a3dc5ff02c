import { z } from 'zod';
import { InputError } from '../contract/failures.js';
import type { EvaluationRecord } from '../contract/manifest.js';
import { sampleRowSchema, type VerdictRow } from '../contract/rows.js';
import { taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { rationaleOf } from '../core/evaluation/proxy.js';
import { isDev } from '../core/evaluation/sets.js';
import { type CheckedClaim, checkRationale } from '../core/faithfulness/check.js';
import { summariseFaithfulness } from '../core/faithfulness/summary.js';
import { tallyByTask } from '../core/statistics/score.js';
import { flakyByTask } from '../core/verdict/flaky.js';
import type { DrawnRound, ReasonCounts, ReportData, ScoredModel } from '../report/data.js';
import type { CampaignRecord } from './campaign-folder.js';
import { type CampaignReader, openCampaignReader, type SealedRound } from './campaign-reader.js';
import { collectGallery } from './report-gallery.js';
import { verdictsOf } from './report-verdicts.js';

/**
 * Reads a campaign's record into what its page shows. Every object read is checked against its digest.
 * @throws InputError where nothing is sealed yet, NextuneFailure storeCorrupt where the record is broken
 */
export const collectReport = async (
  stateDir: string,
  { campaign, startedAt }: Pick<CampaignRecord, 'campaign' | 'startedAt'>,
): Promise<ReportData> => {
  const reader = openCampaignReader(stateDir);
  const sealed = await reader.sealed(campaign);
  const configuration = sealed[0]?.manifest.content.configuration;
  if (configuration === undefined) {
    throw new InputError(
      `campaign ${campaign} has sealed nothing yet, so there is nothing to report: nextune status says how far it is`,
    );
  }
  const dev = await scoredAll(reader, sealed, isDev);
  const test = await scoredAll(reader, sealed, (name) => name.endsWith('-test'));
  return {
    campaign,
    startedAt,
    configuration: z.record(z.string(), z.unknown()).parse(JSON.parse(String(await reader.store.get(configuration)))),
    seals: sealed.map(({ entry, manifest }) => ({ digest: entry.manifest, manifest })),
    dev,
    withoutTrace: await scoredAll(reader, sealed, (name) => name.endsWith('-dev-no-trace')),
    test,
    rounds: await drawnRounds(reader, sealed),
    gallery: await collectGallery(reader, sealed, { dev, test }),
  };
};

const reasonsOf = (verdicts: readonly VerdictRow[]): ReasonCounts => {
  const counts: ReasonCounts = {};
  for (const { reason } of verdicts) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};

const reasonsAndFlips = (verdicts: readonly VerdictRow[]) => ({
  reasons: reasonsOf(verdicts),
  flakyTasks: flakyByTask(verdicts),
});

/** The model of a final score: the campaign's seal names its round, and the base's is 0. */
const roundOf = ({ manifest: { content } }: SealedRound, { model }: EvaluationRecord): number =>
  content.kind === 'campaign' ? (model.tuned ? (content.best ?? 0) : 0) : content.round;

const scoredAll = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  wanted: (name: string) => boolean,
): Promise<ScoredModel[]> => {
  const models: ScoredModel[] = [];
  for (const seal of sealed) {
    for (const record of seal.manifest.content.evaluations.filter(({ name }) => wanted(name))) {
      models.push({ round: roundOf(seal, record), ...(await scored(reader, record)) });
    }
  }
  return models;
};

const scored = async (reader: CampaignReader, record: EvaluationRecord): Promise<Omit<ScoredModel, 'round'>> => {
  const verdicts = await verdictsOf(reader, record);
  const tasks = await reader.rows(record.problems.tasks, taskSchema);
  const tallies = tallyByTask(tasks, verdicts);
  return { model: record.model.model, score: record.score, tallies, ...reasonsAndFlips(verdicts) };
};

const faithfulnessOfRound = async (
  reader: CampaignReader,
  { content: { problems, shards } }: SealedRound['manifest'],
): Promise<Pick<DrawnRound, 'faithfulness'>> => {
  if (!problems) return {};
  const traces = await reader.rows(problems.traces, taskTraceSchema);
  const tasks = await reader.rows(problems.tasks, taskSchema);
  const evidence = new Map(tasks.map((task, at) => [task.id, { task, trace: traces[at] }]));
  const checked: CheckedClaim[][] = [];
  for (const { samples } of shards) {
    for (const { taskId, completion } of await reader.rows(samples, sampleRowSchema)) {
      const found = evidence.get(taskId);
      if (!found?.trace) continue;
      checked.push(checkRationale(rationaleOf(completion), { task: found.task, trace: found.trace }));
    }
  }
  return { faithfulness: summariseFaithfulness(checked) };
};

const drawnRounds = async (reader: CampaignReader, sealed: readonly SealedRound[]): Promise<DrawnRound[]> => {
  const rounds: DrawnRound[] = [];
  for (const { manifest } of sealed.filter(({ entry }) => entry.kind === 'round')) {
    const verdicts = await verdictsOf(reader, manifest.content);
    const count = (wanted: VerdictRow['verdict']): number =>
      verdicts.filter(({ verdict }) => verdict === wanted).length;
    rounds.push({
      round: manifest.content.round,
      drawn: verdicts.length,
      passed: count('pass'),
      none: count('none'),
      ...reasonsAndFlips(verdicts),
      ...(await faithfulnessOfRound(reader, manifest)),
    });
  }
  return rounds;
};
