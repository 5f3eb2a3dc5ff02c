import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { startOptions } from '../../client/campaigns.js';
import { queues } from '../../contract/queues.js';
import type { SampleResult, VerifyArgs, VerifyResult } from '../../contract/steps.js';
import type { ShardInput } from '../../workflows/shard.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { quietRuntime, workflowBundle } from '../fakes/campaign-world.js';
import { startServer } from '../fakes/server.js';

const line = { large: 40, small: 4 };

/** A shard whose samples are there already: it asks the sandbox's queue for verdicts, and for nothing else. */
const judgedShard = (campaign: string): ShardInput => {
  const sampled = { samples: { digest: campaign, rows: 0 } } as unknown as SampleResult;
  return { sampled, sample: { problems: {} }, limits: {} } as unknown as ShardInput;
};

/** Starts shards under a campaign's options, and waits until each stands in line at the sandbox's queue. */
const standInLine = async ({ client }: TestWorkflowEnvironment, campaign: string, options: object, shards: number) => {
  const handles = await Promise.all(
    Array.from({ length: shards }, (_, at) =>
      client.workflow.start('shard', {
        ...options,
        workflowId: `${campaign}/${at}`,
        taskQueue: queues.control,
        args: [judgedShard(campaign)],
      }),
    ),
  );
  for (const handle of handles) {
    await eventually(`${handle.workflowId} stands in line`, async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.length === 1;
    });
  }
  return handles;
};

/** The order in which a worker with one place is given the shards of two campaigns, all of which waited before it came. */
const servedOf = async (env: TestWorkflowEnvironment, run: string, options: (campaign: string) => object) => {
  const served: string[] = [];
  const verify = async ({ samples }: VerifyArgs): Promise<VerifyResult> => {
    served.push(samples.digest.slice(run.length));
    return {} as VerifyResult;
  };
  const handles = [
    ...(await standInLine(env, `${run}large`, options('large'), line.large)),
    ...(await standInLine(env, `${run}small`, options('small'), line.small)),
  ];
  const { nativeConnection: connection } = env;
  const worker = await Worker.create({
    connection,
    taskQueue: queues.sandbox,
    activities: { verify },
    maxConcurrentActivityTaskExecutions: 1,
  });
  await worker.runUntil(Promise.all(handles.map((handle) => handle.result())));
  return served;
};

describe('the server that Nextune starts, with a line of two campaigns before one worker', () => {
  let env: TestWorkflowEnvironment;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    quietRuntime();
    const server = await startServer();
    env = server.env;
    const { nativeConnection: connection } = env;
    const worker = await Worker.create({
      connection,
      taskQueue: queues.control,
      workflowBundle: await workflowBundle(),
    });
    const running = worker.run();
    stop = async () => {
      worker.shutdown();
      await running;
      await server.stop();
    };
  }, 300_000);
  afterAll(() => stop());

  it('gives places to the one that came later in turns with the other', async () => {
    const served = await servedOf(env, 'turns/', startOptions);
    expect(served).toHaveLength(line.large + line.small);
    // One after the other would be two times the small line; room for one more turn of the large one each.
    expect(served.lastIndexOf('small')).toBeLessThan(3 * line.small);
    expect(served.slice(0, line.small)).toContain('large');
  }, 300_000);

  it('would leave it at the end of the line without the fairness key that each starts with', async () => {
    const served = await servedOf(env, 'one-key/', () => startOptions('both'));
    expect(served.indexOf('small')).toBeGreaterThanOrEqual(line.large);
  }, 300_000);
});
