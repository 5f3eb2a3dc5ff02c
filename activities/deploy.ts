import type { ModelConfig } from '../contract/config.js';
import type { Digest } from '../contract/digest.js';
import type { ModelRef } from '../contract/steps.js';
import type { Deps } from './deps.js';

/** Makes a tuned adapter answer as a model of its own name. */
export const deploy = async (
  deps: Deps,
  { adapter, modelConfig }: { adapter: Digest; modelConfig: ModelConfig },
): Promise<ModelRef> => {
  const placed = await deps.model(modelConfig).host.deploy({ tree: adapter });
  return { ...placed, tuned: true, adapter };
};
