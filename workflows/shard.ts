import type { SampleArgs, SampleResult, ShardResult, VerifyArgs } from '../contract/steps.js';
import { drawnBy, shardWorked } from '../core/progress/worked.js';
import { model, sandbox, titled } from './options.js';

export interface ShardInput {
  sample: SampleArgs;
  limits: VerifyArgs['limits'];
  /** Names the step and the shard on Temporal's own page. */
  title?: string;
  /** Samples of an earlier attempt, to be judged anew. */
  sampled?: SampleResult;
}

/** One slice of tasks: sample (r, y) from the model, then judge every y on its tests. */
export async function shard({ sample, limits, title = 'shard', sampled: before }: ShardInput): Promise<ShardResult> {
  const sampled = before ?? (await titled(`sample, ${title}`, model.sample, sample));
  const drawn = before ? 'before' : drawnBy(sampled, Date.now());
  const args = { samples: sampled.samples, tasks: sample.problems.tasks, limits };
  const judged = { ...sampled, ...(await titled(`verify, ${title}`, sandbox.verify, args)) };
  const worked = shardWorked(drawn, judged, Date.now());
  return { ...judged, ...(worked && { worked }) };
}
