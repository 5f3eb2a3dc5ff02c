import { putRows } from '../../activities/rows.js';
import { readTasks } from '../../adapters/data/rows.js';
import { resourcePath } from '../../adapters/paths.js';
import { openFolderStore } from '../../adapters/store/folder-store.js';
import type { CampaignInput } from '../../contract/campaign.js';
import { campaignConfigSchema } from '../../contract/config.js';
import { isRepairTask, type RepairTask } from '../../contract/task.js';
import { canonicalJson } from '../../core/canonical-json.js';

export interface RoundSizes {
  tasks: number;
  n: number;
  rounds: number;
  groupSize: number;
  shardTasks: number;
  shardsInFlight: number;
  concurrency: number;
}

/** Of each of the splits dev and test, which a campaign can't do without. */
const devTasks = 4;

/** Names a task within its intent, where the endpoint finds it again. */
export const markOf = (at: number): string => `Task ${String(at).padStart(7, '0')}:`;

/** The starter set's tasks over and over, each with an intent of its own and its three visible asserts. */
export const benchTasks = async (count: number): Promise<RepairTask[]> => {
  const starter = (await readTasks(resourcePath('starter', 'tasks.jsonl'))).filter(isRepairTask);
  return Array.from({ length: count + 2 * devTasks }, (_, at) => {
    const { hiddenTests: _hidden, ...task } = starter[at % starter.length] as RepairTask;
    const split = at < count ? 'train' : at < count + devTasks ? 'dev' : 'test';
    return {
      ...task,
      id: `${task.id}@${at}`,
      intent: `${markOf(at)} ${task.intent}`,
      problemId: `${task.problemId}@${at}`,
      split,
    };
  });
};

/** Everything a campaign needs, in the store of a state folder: sampling and judging at full size, next to no scoring. */
export const benchInput = async (options: {
  campaign: string;
  stateDir: string;
  baseUrl: string;
  sizes: RoundSizes;
}): Promise<CampaignInput> => {
  const { campaign, stateDir, baseUrl, sizes } = options;
  const { n, groupSize, rounds, shardTasks, shardsInFlight, concurrency } = sizes;
  const config = campaignConfigSchema.parse({
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl, name: 'replay', version: '1', concurrency },
    sampling: { n, groupSize },
    evaluation: { samples: 1, k: [1], withoutTrace: false, test: false },
    trainer: { minSamples: 1 },
    rounds,
    // The model stays as good as it was.
    earlyStop: { patience: false, rollBack: false },
    shardTasks,
    shardsInFlight,
  });
  const store = openFolderStore(`${stateDir}/store`);
  return {
    campaign,
    config,
    configuration: await store.put(canonicalJson(config)),
    tasks: await putRows(store, await benchTasks(sizes.tasks)),
    shots: await putRows(store, await readTasks(resourcePath('starter', 'shots.jsonl'))),
  };
};
