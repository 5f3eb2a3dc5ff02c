import { answersOf } from '../../activities/ask-group.js';
import type { Deps } from '../../activities/deps.js';
import { readTasks } from '../../adapters/data/rows.js';
import { Turns } from '../../adapters/data/turns.js';
import { resourcePath } from '../../adapters/paths.js';
import type { SamplingParams } from '../../contract/completion.js';
import type { Task } from '../../contract/task.js';
import { cutIntoShards } from '../../core/plan/shards.js';
import { solutionMessages, solutionPromptVersion } from '../../core/prompt/solution.js';
import { deployModel, type ModelSpec } from '../evaluate/model-spec.js';
import { persistently } from '../evaluate/persistent.js';
import type { SamplingModel } from './build.js';

export interface SamplingPlan {
  seed: string;
  /** Answers a problem. */
  samples: number;
  sampling: Pick<SamplingParams, 'temperature' | 'topP' | 'maxTokens'>;
}

/** Answers asked for in one request; a group is recorded whole. */
const groupSize = 8;

/**
 * A model that is asked for solutions through the ledger: an answer is on disk before it is used, and the same question
 * is never paid for twice, whatever is built from it.
 */
export const openSamplingModel = async (
  deps: Pick<Deps, 'model' | 'ledger' | 'requests' | 'spend'>,
  spec: ModelSpec,
  plan: SamplingPlan,
  { onRetry }: { onRetry: (message: string) => void },
): Promise<SamplingModel> => {
  const model = await deployModel(deps, spec);
  const { digest, tuned } = model;
  const { client } = deps.model(spec.modelConfig);
  // A tuned model has learnt to answer without worked examples.
  const shots = tuned ? [] : await readTasks(resourcePath('starter', 'shots.jsonl'));
  const { seed, samples, sampling } = plan;
  const groups = cutIntoShards(samples, groupSize);
  const turns = new Turns(client.concurrency);
  const ask = async (problem: Task, { from, to }: { from: number; to: number }, signal: AbortSignal) => {
    const group = {
      modelDigest: digest,
      messages: solutionMessages(problem, shots),
      sampling: { ...sampling, stop: [] },
      campaignSeed: seed,
      taskId: problem.id,
      firstIndex: from,
      count: to - from,
    };
    const { record } = await turns.take(() => {
      signal.throwIfAborted();
      const asking = { deps, client, model, campaign: 'data-build', since: 0, signal };
      return persistently(() => answersOf(asking, group), { signal, onRetry });
    });
    return record.completions.map(({ text }) => text);
  };
  return {
    model: spec.name,
    provenance: { name: spec.name, digest, samples, sampling, shots: shots.length, prompt: solutionPromptVersion },
    solve: async (problem, { signal = new AbortController().signal }) => {
      // Siblings settle first: each answer is paid for, and recorded by itself.
      const asked = await Promise.allSettled(groups.map((range) => ask(problem, range, signal)));
      return asked.flatMap((answer) => {
        if (answer.status === 'rejected') throw answer.reason;
        return answer.value;
      });
    },
  };
};
