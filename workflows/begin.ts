import type { CampaignInput, CampaignState } from '../contract/campaign.js';
import type { RowsRef } from '../contract/digest.js';
import type { ShardResult, TracedTasks } from '../contract/steps.js';
import { cutIntoShards } from '../core/plan/shards.js';
import { control, model, sandbox, titled } from './options.js';
import { evaluate, passAt1, rowsOfShard, type Setting, sampleAndVerify } from './sampling.js';
import { sealManifest } from './sealing.js';
import type { Steering } from './steering.js';

/** Tasks traced in one activity: seconds of work, at a hundred traces a second. */
const traceSlice = 256;

/** Everything before the first round: draw the splits, trace them once, score the base, filter the hard problems, seal. */
export const begin = async (input: CampaignInput, steering: Steering): Promise<CampaignState> => {
  const { campaign, config, configuration } = input;
  const prepared = await steering.gate.run(() =>
    titled('draw the splits', model.prepare, { config, tasks: input.tasks }),
  );
  const { base, codeVersion } = prepared;
  const shots = await traced(input.shots, steering);
  const train = await traced(prepared.train, steering);
  const dev = await traced(prepared.dev, steering);
  const test = await traced(prepared.test, steering);

  const setting: Setting = { campaign, config, shots, steering };
  const format = config.sampling.traceFormat;
  const draw = { purpose: 'base-dev', model: base, problems: dev, n: config.evaluation.samples, format };
  const scored = await evaluate(setting, draw);
  const filtered = await hardProblems(setting, { ...draw, purpose: 'filter', problems: train, n: config.sampling.n });
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
    { later: { dev, test } },
  );
  const checkpoint = { round: 0, model: base, dev: scored.record.score, devPassAt1: passAt1(scored) };
  const rounds = [{ round: 0, attempt: 1, sealed, sampledFrom: base, firstIndex: 0 }];
  const checkpoints = [checkpoint];
  return { base, codeVersion, train: filtered.hard, dev, test, shots, round: 0, checkpoints, sealed, rounds };
};

/** D_H, once, with the base model. Its samples are the first round's: the ledger has them. */
const hardProblems = async (
  setting: Setting,
  draw: Parameters<typeof sampleAndVerify>[1],
): Promise<{ hard: TracedTasks; shards?: ShardResult[] }> => {
  const { hardProblems: filter } = setting.config;
  if (filter === false) return { hard: draw.problems };
  const shards = await sampleAndVerify(setting, draw);
  const args = { problems: draw.problems, verdicts: shards.map(({ verdicts }) => verdicts), m: filter.m };
  return { hard: await titled('filter the hard problems', control.filterHard, args), shards };
};

const traced = async (tasks: RowsRef, { gate, report }: Steering): Promise<TracedTasks> => {
  const step = { step: 'trace', unit: 'tasks' as const, total: tasks.rows, passes: 0, startedAtMs: Date.now() };
  const parts: RowsRef[] = [];
  for (const range of cutIntoShards(tasks.rows, traceSlice)) {
    report({ ...step, done: range.from });
    const title = `trace tasks ${range.from + 1} to ${range.to} of ${tasks.rows}`;
    parts.push(await gate.run(() => titled(title, sandbox.trace, { tasks, range })));
  }
  return { tasks, traces: await titled('join the traces', control.join, { parts }) };
};
