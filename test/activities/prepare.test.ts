import { prepare } from '../../activities/prepare.js';
import { putRows } from '../../activities/rows.js';
import { campaignConfigSchema } from '../../contract/config.js';
import { fakeDeps } from '../fakes/deps.js';
import { repairTask } from '../fakes/tasks.js';

const deps = fakeDeps({ complete: () => Promise.reject(new Error('nothing is sampled here')) } as never);
const configOf = (test: boolean) =>
  campaignConfigSchema.parse({
    name: 'prepared',
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', name: 'none' },
    evaluation: { test },
  });
const tasksIn = (...splits: ('train' | 'dev' | 'test')[]) =>
  putRows(
    deps.store,
    splits.map((split) => repairTask(`${split}-0.`, { split })),
  );

describe('the splits of a campaign', () => {
  it('are drawn from those the data set has', async () => {
    const tasks = await tasksIn('train', 'dev', 'test', 'test');
    const { train, dev, test } = await prepare(deps, { config: configOf(true), tasks });
    expect([train.rows, dev.rows, test.rows]).toEqual([1, 1, 2]);
  });

  it('hold no test tasks where none are scored, and need none then', async () => {
    const config = configOf(false);
    const { test } = await prepare(deps, { config, tasks: await tasksIn('train', 'dev', 'test') });
    expect(test.rows).toBe(0);
    await expect(prepare(deps, { config, tasks: await tasksIn('train', 'dev') })).resolves.toMatchObject({ test });
  });

  it('that are missing though they are needed are told', async () => {
    const tasks = await tasksIn('train', 'dev');
    await expect(prepare(deps, { config: configOf(true), tasks })).rejects.toMatchObject({
      kind: 'dataInvalid',
      message: 'the data set has no repair tasks in split test: see nextune data build',
    });
  });
});
