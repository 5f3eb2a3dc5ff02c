import type { CampaignInput, CampaignState, StepProgress } from '../contract/campaign.js';
import type { RowsRef } from '../contract/digest.js';
import type { ShardResult, TracedTasks } from '../contract/steps.js';
import { cutIntoShards } from '../core/plan/shards.js';
import { control, model, sandbox } from './options.js';
import { evaluate, passAt1, rowsOfShard, type Setting, sampleAndVerify } from './sampling.js';
import { sealManifest } from './sealing.js';

/** Tasks traced in one activity: seconds of work, at a hundred traces a second. */
const traceSlice = 256;

type Report = (step: StepProgress) => void;

/** Everything before the first round: draw the splits, trace them once, score the base, filter the hard problems, seal. */
export const begin = async (input: CampaignInput, report: Report): Promise<CampaignState> => {
  const { campaign, config, configuration } = input;
  const prepared = await model.prepare({ config, tasks: input.tasks });
  const { base, codeVersion } = prepared;
  const shots = await traced(input.shots, report);
  const train = await traced(prepared.train, report);
  const dev = await traced(prepared.dev, report);
  const test = await traced(prepared.test, report);

  const setting: Setting = { campaign, config, shots };
  const format = config.sampling.traceFormat;
  const draw = { purpose: 'base-dev', model: base, problems: dev, n: config.evaluation.samples, format };
  const scored = await evaluate(setting, draw, report);
  const filtered = await hardProblems(
    setting,
    { ...draw, purpose: 'filter', problems: train, n: config.sampling.n },
    report,
  );
  const sealed = await sealManifest(
    {
      kind: 'base',
      campaign,
      round: 0,
      configuration,
      codeVersion,
      base,
      problems: filtered.hard,
      dataset: input.tasks,
      shots,
      ...(filtered.shards && { filter: filtered.shards.map(rowsOfShard) }),
      shards: [],
      evaluations: [scored.record],
    },
    scored.shards,
    undefined,
  );
  const checkpoint = { round: 0, model: base, dev: scored.record.score, devPassAt1: passAt1(scored) };
  return { base, codeVersion, train: filtered.hard, dev, test, shots, round: 0, checkpoints: [checkpoint], sealed };
};

/** D_H, once, with the base model. Its samples are the first round's: the ledger has them. */
const hardProblems = async (
  setting: Setting,
  draw: Parameters<typeof sampleAndVerify>[1],
  report: Report,
): Promise<{ hard: TracedTasks; shards?: ShardResult[] }> => {
  const { hardProblems: filter } = setting.config;
  if (filter === false) return { hard: draw.problems };
  const shards = await sampleAndVerify(setting, draw, report);
  const verdicts = shards.map((shard) => shard.verdicts);
  return { hard: await control.filterHard({ problems: draw.problems, verdicts, m: filter.m }), shards };
};

const traced = async (tasks: RowsRef, report: Report): Promise<TracedTasks> => {
  const step = { step: 'trace', unit: 'tasks' as const, total: tasks.rows, passes: 0, startedAtMs: Date.now() };
  const parts: RowsRef[] = [];
  for (const range of cutIntoShards(tasks.rows, traceSlice)) {
    report({ ...step, done: range.from });
    parts.push(await sandbox.trace({ tasks, range }));
  }
  return { tasks, traces: await control.join({ parts }) };
};
