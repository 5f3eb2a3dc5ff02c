import type { CampaignConfig } from '../../contract/config.js';

/**
 * What to tell a person whose shards can't fill the endpoint's places: at most `shardsInFlight` times `shardTasks` tasks have requests to
 * send at a time. Undefined where they can, and for the embedded engine, whose places are not the configuration's.
 */
export const placesLeftEmpty = (
  config: Pick<CampaignConfig, 'model' | 'sampling' | 'shardTasks' | 'shardsInFlight'>,
): string | undefined => {
  const { model, sampling, shardTasks, shardsInFlight } = config;
  if (model.kind !== 'openai') return undefined;
  const requests = shardsInFlight * shardTasks * Math.ceil(sampling.n / sampling.groupSize);
  if (requests >= model.concurrency) return undefined;
  return (
    `model.concurrency is ${model.concurrency}, but ${shardsInFlight} shards of ${shardTasks} tasks have only ${requests} requests to send at a ` +
    'time: raise shardTasks, shardsInFlight or both to keep the endpoint busy'
  );
};
