import type { CampaignConfig } from '../contract/config.js';
import type { RowsRef } from '../contract/digest.js';
import { NextuneFailure } from '../contract/failures.js';
import type { ModelRef } from '../contract/steps.js';
import { isRepairTask, type SplitName, taskSchema } from '../contract/task.js';
import { drawTasks } from '../core/plan/draw.js';
import type { Deps } from './deps.js';
import { getRows, putRows } from './rows.js';

export interface PrepareArgs {
  config: CampaignConfig;
  /** All tasks of the data set. */
  tasks: RowsRef;
}

export interface PrepareResult {
  train: RowsRef;
  dev: RowsRef;
  test: RowsRef;
  base: ModelRef;
  codeVersion: string;
}

/** Draws each split's tasks by seed, none of the test split where it is not scored, and asks the model host which base model answers. */
export const prepare = async (deps: Deps, { config, tasks }: PrepareArgs): Promise<PrepareResult> => {
  const all = (await getRows(deps.store, tasks, taskSchema)).filter(isRepairTask);
  const { perProblem, ...sizes } = config.data.use;
  const draw = async (split: SplitName, size: number | undefined): Promise<RowsRef> => {
    const drawn = drawTasks(all, split, { size, perProblem }, config.seed);
    if (drawn.length > 0) return await putRows(deps.store, drawn);
    throw new NextuneFailure(
      'dataInvalid',
      `the data set has no repair tasks in split ${split}: see nextune data build`,
    );
  };
  const base = await deps.model(config.model).host.base();
  return {
    train: await draw('train', sizes.train),
    dev: await draw('dev', sizes.dev),
    test: config.evaluation.test ? await draw('test', sizes.test) : await putRows(deps.store, []),
    base: { ...base, tuned: false },
    codeVersion: deps.codeVersion,
  };
};
