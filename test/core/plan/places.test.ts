import { campaignConfigSchema } from '../../../contract/config.js';
import { placesLeftEmpty } from '../../../core/plan/places.js';

const configOf = (concurrency: number, rest: object = {}) =>
  campaignConfigSchema.parse({
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', name: 'm', concurrency },
    ...rest,
  });

describe('placesLeftEmpty', () => {
  it('tells how many requests the shards have for how many places', () => {
    expect(placesLeftEmpty(configOf(64))).toContain('2 shards of 8 tasks have only 16 requests');
  });

  it.each([
    ['the defaults', configOf(8)],
    ['as many requests as places', configOf(16)],
    ['several groups a task', configOf(64, { sampling: { n: 32 } })],
    ['larger shards', configOf(64, { shardTasks: 32 })],
    ['the embedded engine', configOf(8, { model: { kind: 'embedded' }, shardTasks: 1 })],
  ])('has nothing to say of %s', (_, config) => {
    expect(placesLeftEmpty(config)).toBeUndefined();
  });
});
