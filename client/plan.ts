import { basename, resolve } from 'node:path';
import { putRows } from '../activities/rows.js';
import { rememberSealing } from '../adapters/audit/sealing-settings.js';
import { loadConfig } from '../adapters/config/load.js';
import { readTasks } from '../adapters/data/rows.js';
import { resourcePath } from '../adapters/paths.js';
import { openStorage, settleStorage } from '../adapters/store/open-storage.js';
import type { CampaignInput } from '../contract/campaign.js';
import type { CampaignConfig } from '../contract/config.js';
import type { RowsRef } from '../contract/digest.js';
import { InputError } from '../contract/failures.js';
import { isRepairTask, type SplitName, type Task } from '../contract/task.js';
import { canonicalJson } from '../core/canonical-json.js';
import { contaminationText, findContamination } from '../core/contamination.js';
import { digestOfValue } from '../core/hash/digest.js';
import { drawTasks } from '../core/plan/draw.js';

export interface CampaignPlan {
  input: CampaignInput;
  stateDir: string;
  configPath: string;
}

/**
 * Reads a configuration and its tasks, checks both, and stores them: nothing has started when this refuses.
 * The campaign's id is its name and a digest of all that defines it, so running the same again continues the same.
 * @throws InputError for bad configuration or data, by file and line
 */
export const planCampaign = async (configPath: string): Promise<CampaignPlan> => {
  const { config, dir } = await loadConfig(configPath);
  return await planConfigured({ config, dir, configPath });
};

/** The same for a configuration that was read, or changed, before; `dir` is what its paths are relative to. */
export const planConfigured = async ({
  config,
  dir,
  configPath,
}: {
  config: CampaignConfig;
  dir: string;
  configPath: string;
}): Promise<CampaignPlan> => {
  const tasksPath = resolve(dir, config.data.tasks);
  const tasks = await readTasks(tasksPath);
  refuseUnusable(tasksPath, tasks, config);
  const stateDir = resolve(dir, config.store.dir);
  settleStorage(stateDir, config.store.s3);
  const { store } = openStorage(stateDir);
  const tasksRef = await putRows(store, tasks);
  const shots = await putRows(store, await readTasks(resourcePath('starter', 'shots.jsonl')));
  const configuration = await store.put(canonicalJson(config));
  if (config.sealing) await rememberSealing(stateDir, config.sealing, dir);
  const identity = digestOfValue({ config, tasks: named(tasksRef), shots: named(shots) }).slice(
    'sha256:'.length,
    'sha256:'.length + 8,
  );
  const campaign = `${config.name ?? campaignNameOf(configPath)}-${identity}`;
  return {
    input: { campaign, config, configuration, tasks: tasksRef, shots },
    stateDir,
    configPath: resolve(configPath),
  };
};

/** Digest and count alone, which named campaigns before there were Merkle roots. */
const named = ({ digest, rows }: RowsRef) => ({ digest, rows });

/** What a campaign is called that its configuration does not name. */
export const campaignNameOf = (configPath: string): string =>
  basename(configPath)
    .replace(/\.ya?ml$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');

/** A problem that is trained on must not be scored, unless it is told by name. */
const refuseTrained = (path: string, tasks: readonly Task[], { data, evaluation, seed }: CampaignConfig): void => {
  const { perProblem, ...sizes } = data.use;
  const drawn = (split: 'train' | 'dev' | 'test'): Task[] =>
    drawTasks(tasks.filter(isRepairTask), split, { size: sizes[split], perProblem }, seed);
  const scored = [...drawn('dev'), ...(evaluation.test ? drawn('test') : [])];
  const found = findContamination(drawn('train'), scored, new Set(evaluation.allowTrained));
  if (found.length > 0) {
    throw new InputError(
      `${path}: ${contaminationText(found)}. Split by source problem (nextune data build does), or name those that may ` +
        'be scored all the same under evaluation.allowTrained',
    );
  }
};

const refuseUnusable = (path: string, tasks: readonly Task[], config: CampaignConfig): void => {
  const problems = tasks.filter((task) => !isRepairTask(task));
  if (problems.length === tasks.length) {
    throw new InputError(
      `${path}: all ${tasks.length} rows are problems without a buggy program; make repair tasks of them with: ` +
        `nextune data build ${path} -o tasks.jsonl`,
    );
  }
  const needed: SplitName[] = config.evaluation.test ? ['train', 'dev', 'test'] : ['train', 'dev'];
  refuseTrained(path, tasks, config);
  for (const split of needed) {
    if (tasks.some((task) => isRepairTask(task) && task.split === split)) continue;
    throw new InputError(
      `${path}: no repair task has "split": "${split}"; give every task a split, or let nextune data build set it`,
    );
  }
};
