import { rm } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Deps } from '../../activities/deps.js';
import { createActivities } from '../../activities/index.js';
import { putRows } from '../../activities/rows.js';
import { createOpenAiClient } from '../../adapters/model/openai-client.js';
import { resourcePath } from '../../adapters/paths.js';
import type { CampaignInput } from '../../contract/campaign.js';
import { campaignConfigSchema } from '../../contract/config.js';
import type { QueueKind } from '../../contract/queues.js';
import { queues } from '../../contract/queues.js';
import type { RepairTask } from '../../contract/task.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { fakeDeps } from './deps.js';
import { type FakeEndpoint, startFakeEndpoint } from './endpoint.js';
import { startServer } from './server.js';
import { repairTask } from './tasks.js';

/** A real Temporal server, real workflows, and activities over fakes: what workflow tests run in. */
export interface CampaignWorld {
  env: TestWorkflowEnvironment;
  client: Client;
  deps: Deps & { dir: string };
  endpoint: FakeEndpoint;
  inputFor(campaign: string, overrides?: Record<string, unknown>): Promise<CampaignInput>;
  /** Drains the worker that runs workflows and starts one with other workflow code in its place: an upgrade. */
  upgrade(workflowsPath: string): Promise<void>;
  close(): Promise<void>;
}

/** Problems of each split, with intents that no other contains. */
export const worldTasks: RepairTask[] = [
  ...Array.from({ length: 6 }, (_, at) => repairTask(`train-${at}.`, { split: 'train' })),
  ...Array.from({ length: 4 }, (_, at) => repairTask(`dev-${at}.`, { split: 'dev' })),
  ...Array.from({ length: 2 }, (_, at) => repairTask(`test-${at}.`, { split: 'test' })),
];

/** Enough dev problems for a collapse to be told from chance: with six the interval of a whole loss lies below 0. */
export const collapseTasks: RepairTask[] = [
  ...worldTasks,
  ...[4, 5, 6, 7].map((at) => repairTask(`dev-${at}.`, { split: 'dev' })),
];

/** The base model solves every task, and each tuned one none: a collapse. */
export const collapsesOnceTuned = (endpoint: FakeEndpoint): void => {
  let asked = '';
  endpoint.trouble = ({ model }) => {
    asked = model;
    return undefined;
  };
  endpoint.write = (prompt, hash) => {
    const task = collapseTasks.find(({ intent }) => prompt.includes(intent));
    const program = asked.startsWith('tuned') ? 'def nothing():\n    return None\n' : task?.reference;
    const fence = '```';
    const rationale = `The trace shows value ${hash % 97} where another is expected, so the last line must change.`;
    return `${rationale}\n\n${fence}python\n${program}# variant ${hash}\n${fence}`;
  };
};

let bundle: Promise<WorkflowBundle> | undefined;
/** The workflows' bundle, built once from source. */
export const workflowBundle = (): Promise<WorkflowBundle> => {
  bundle ??= bundleWorkflowCode({
    workflowsPath: resourcePath('workflows', 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  return bundle;
};

/** Runs a worker; what comes back drains it. */
const startWorker = async (
  env: TestWorkflowEnvironment,
  deps: Deps,
  kind: QueueKind,
  code: Promise<WorkflowBundle>,
  activitySlots: number,
): Promise<() => Promise<void>> => {
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: queues[kind],
    activities: createActivities(deps),
    maxConcurrentActivityTaskExecutions: activitySlots,
    // As a worker of ours has it. The SDK's own lets a beat come 1.2 s before the heartbeat's timeout: a busy machine is later.
    maxHeartbeatThrottleInterval: '1s',
    ...(kind === 'control' && { workflowBundle: await code }),
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
};

const startWorkers = async (env: TestWorkflowEnvironment, deps: Deps, activitySlots: number) => {
  const start = (kind: QueueKind, code = workflowBundle()) => startWorker(env, deps, kind, code, activitySlots);
  const stops = new Map<QueueKind, () => Promise<void>>();
  await Promise.all((Object.keys(queues) as QueueKind[]).map(async (kind) => stops.set(kind, await start(kind))));
  return {
    async upgrade(workflowsPath: string): Promise<void> {
      const code = bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
      await code;
      await stops.get('control')?.();
      stops.set('control', await start('control', code));
    },
    stop: async (): Promise<void> => {
      await Promise.all([...stops.values()].map((stop) => stop()));
    },
  };
};

let installed = false;
/** The SDK allows one runtime a process. */
export const quietRuntime = (): void => {
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR') });
  installed = true;
};

/** Starts a world of its own; close it after the test. `activitySlots` is how much each queue's worker does at a time. */
export const startCampaignWorld = async (
  overrides: Partial<Deps> = {},
  activitySlots = 100,
): Promise<CampaignWorld> => {
  quietRuntime();
  const endpoint = await startFakeEndpoint(worldTasks);
  const options = { baseUrl: endpoint.baseUrl, apiKey: undefined, concurrency: 4, timeoutMs: 60_000 };
  const deps = { ...fakeDeps((requests) => createOpenAiClient({ ...options, requests })), ...overrides };
  const { env, stop } = await startServer();
  const workers = await startWorkers(env, deps, activitySlots);
  return {
    env,
    client: env.client,
    deps,
    endpoint,
    inputFor: (campaign, config = {}) => inputFor(deps, endpoint, campaign, config),
    upgrade: workers.upgrade,
    async close() {
      await workers.stop();
      await stop();
      await endpoint.close();
      await rm(deps.dir, { recursive: true });
    },
  };
};

const inputFor = async (
  deps: Deps,
  endpoint: FakeEndpoint,
  campaign: string,
  overrides: Record<string, unknown>,
): Promise<CampaignInput> => {
  const config = campaignConfigSchema.parse({
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl: endpoint.baseUrl, name: 'fake' },
    sampling: { n: 4, groupSize: 2 },
    evaluation: { samples: 2, k: [1, 2, 5] },
    trainer: { minSamples: 1 },
    shardTasks: 2,
    shardsInFlight: 2,
    ...overrides,
  });
  const shots = [repairTask('shot.', { rationale: 'The sign is wrong in the last line.' })];
  return {
    campaign,
    config,
    configuration: await deps.store.put(canonicalJson(config)),
    tasks: await putRows(deps.store, worldTasks),
    shots: await putRows(deps.store, shots),
  };
};
