import type { SampleArgs, ShardResult, VerifyArgs } from '../contract/steps.js';
import { model, sandbox } from './options.js';

export interface ShardInput {
  sample: SampleArgs;
  limits: VerifyArgs['limits'];
}

/** One slice of tasks: sample (r, y) from the model, then judge every y on its tests. */
export async function shard({ sample, limits }: ShardInput): Promise<ShardResult> {
  const sampled = await model.sample(sample);
  const judged = await sandbox.verify({ samples: sampled.samples, tasks: sample.problems.tasks, limits });
  return { ...sampled, ...judged };
}
