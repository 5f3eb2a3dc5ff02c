import { rm } from 'node:fs/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../activities/index.js';
import type { ModelClient } from '../../activities/ports.js';
import { putRows } from '../../activities/rows.js';
import { campaignConfigSchema } from '../../contract/config.js';
import { NextuneFailure } from '../../contract/failures.js';
import type { SampleArgs, SampleResult, TracedTasks } from '../../contract/steps.js';
import { digestOf } from '../../core/hash/digest.js';
import { fakeDeps } from '../fakes/deps.js';
import { repairTask } from '../fakes/tasks.js';

const modelConfig = {
  kind: 'openai' as const,
  baseUrl: 'http://127.0.0.1:1/v1',
  name: 'm',
  version: 'v',
  concurrency: 2,
  timeoutMs: 1000,
};
const { sampling } = campaignConfigSchema.parse({
  data: { tasks: 't' },
  model: modelConfig,
  sampling: { groupSize: 2 },
});

/** Answers every group, counts what it was asked, and fails where told to. */
const countingClient = (failOn: (taskId: string) => boolean = () => false) => {
  const asked: string[] = [];
  const client: ModelClient = {
    concurrency: 2,
    complete: ({ group }) => {
      asked.push(`${group.taskId}@${group.firstIndex}`);
      if (failOn(group.taskId)) return Promise.reject(new NextuneFailure('modelUnavailable', 'down'));
      const completion = { text: 'no program', finishReason: 'stop' as const, completionTokens: 2 };
      return Promise.resolve({ choices: Array(group.count).fill(completion), promptTokens: 5 });
    },
  };
  return { asked, client };
};

describe('sample', () => {
  const tasks = ['a', 'b', 'c'].map((problem) => repairTask(problem));
  const dirs: string[] = [];
  const prepare = async (client: ModelClient) => {
    const deps = fakeDeps(client);
    dirs.push(deps.dir);
    const traces = await (await deps.tracer()).trace(tasks);
    const problems: TracedTasks = {
      tasks: await putRows(deps.store, tasks),
      traces: await putRows(deps.store, traces),
    };
    const args: SampleArgs = {
      campaign: 'c',
      seed: '1',
      model: { model: 'm', digest: 'd', tuned: true },
      modelConfig,
      sampling,
      n: 3,
      format: 'none',
      problems,
      shots: problems,
      range: { from: 0, to: 3 },
    };
    return { deps, args };
  };
  const run = (deps: ReturnType<typeof fakeDeps>, args: SampleArgs): Promise<SampleResult> =>
    new MockActivityEnvironment().run(createActivities(deps).sample, args);
  afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));

  it.each([
    ['is done', () => false],
    ['failed', (taskId: string) => taskId.startsWith('c')],
  ])('shares its bills with the machines of its store before it reports that it %s', async (how, failOn) => {
    const { client } = countingClient(failOn);
    const { deps, args } = await prepare(client);
    const shared: number[] = [];
    const spend = {
      ...deps.spend,
      share: async (campaign: string) => void shared.push((await deps.spend.total(campaign)).requests),
    };
    const outcome = await run({ ...deps, spend }, args).then(
      () => 'is done',
      () => 'failed',
    );
    expect(outcome).toBe(how);
    expect(shared).toEqual([(await deps.spend.total('c')).requests]);
    expect(shared[0]).toBeGreaterThan(3);
  });

  it('reports no samples whose bills could not be shared, and keeps the reason of a failure before that', async () => {
    const unshared = new NextuneFailure('storeUnavailable', 'no bucket');
    const outcomes = [];
    for (const failOn of [() => false, (taskId: string) => taskId.startsWith('c')]) {
      const { deps, args } = await prepare(countingClient(failOn).client);
      const spend = { ...deps.spend, share: () => Promise.reject(unshared) };
      outcomes.push(run({ ...deps, spend }, args).then(String, ({ message }: Error) => message));
    }
    expect(await Promise.all(outcomes)).toEqual(['no bucket', 'down']);
  });

  it('asks for fixed groups and keeps rows in the order of tasks and indexes', async () => {
    const { asked, client } = countingClient();
    const { deps, args } = await prepare(client);
    const result = await run(deps, args);
    expect(result).toMatchObject({
      samples: { rows: 9 },
      parsed: 0,
      completionTokens: 18,
      askedGroups: 6,
      recordedGroups: 0,
    });
    expect([...asked].sort()).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name}#bug-1@0`, `${name}#bug-1@2`]));
  });

  it('asks only for what is missing after a failure, and pays for nothing twice', async () => {
    const first = countingClient((taskId) => taskId.startsWith('b'));
    const { deps, args } = await prepare(first.client);
    await expect(run(deps, args)).rejects.toMatchObject({ type: 'nextune.model.unavailable', nonRetryable: false });
    const answered = first.asked.filter((key) => !key.startsWith('b'));
    const second = countingClient();
    const retry = { ...deps, model: () => ({ ...deps.model(modelConfig), client: second.client }) };
    const result = await run(retry, args);
    expect(result.samples.rows).toBe(9);
    expect(second.asked.filter((key) => answered.includes(key))).toEqual([]);
    expect(result.recordedGroups).toBe(answered.length);
  });

  it('gives the same rows whoever asked: recorded or fresh', async () => {
    const { client } = countingClient();
    const { deps, args } = await prepare(client);
    const fresh = await run(deps, args);
    const recorded = await run(deps, args);
    expect(recorded.samples).toEqual(fresh.samples);
    expect(recorded.askedGroups).toBe(0);
  });

  const adapter = digestOf('an adapter');
  const lost = new NextuneFailure('modelUnknown', 'there is no model m');

  it('places a tuned model again that its server has lost, and leaves it to the retry to ask', async () => {
    const { client } = countingClient();
    const complete = client.complete;
    let isThere = false;
    client.complete = (...asked) => (isThere ? complete(...asked) : Promise.reject(lost));
    const { deps, args } = await prepare(client);
    const placed: string[] = [];
    const host = {
      ...deps.model(modelConfig).host,
      deploy: async ({ tree }: { tree: string }) => {
        placed.push(tree);
        isThere = true;
        return { model: 'm', digest: 'd' };
      },
    };
    const restarted = { ...deps, model: () => ({ client, host }) };
    const tuned = { ...args, model: { ...args.model, adapter } };
    await expect(run(restarted, tuned)).rejects.toMatchObject({
      type: 'nextune.model.unavailable',
      nonRetryable: false,
      message: expect.stringContaining('placed there again'),
    });
    expect((await run(restarted, tuned)).samples.rows).toBe(9);
    expect(placed).toEqual([adapter]);
  });

  it('takes a model of another name for what it is: refused for good', async () => {
    const { client } = countingClient();
    client.complete = () => Promise.reject(lost);
    const { deps, args } = await prepare(client);
    await expect(run(deps, args)).rejects.toMatchObject({ type: 'nextune.model.unknown', nonRetryable: true });
  });
});
