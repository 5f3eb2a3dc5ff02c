import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import pLimit from 'p-limit';
import { putRows } from '../activities/rows.js';
import { refusedTrace } from '../adapters/sandbox/tracer-result.js';
import { openFolderStore } from '../adapters/store/folder-store.js';
import { campaignConfigSchema } from '../contract/config.js';
import { queues } from '../contract/queues.js';
import type { SampleArgs, ShardResult, TracedTasks } from '../contract/steps.js';
import type { RepairTask } from '../contract/task.js';
import { seedFor } from '../core/hash/digest.js';
import { cutIntoShards } from '../core/plan/shards.js';
import { promptRenderer, repairMessages } from '../core/prompt/repair.js';
import { benchTasks } from './round/data.js';
import { type BenchWorld, openWorld } from './round/world.js';

const usage = `npm run bench:overhead -- [--tasks 10240] [--n 4] [--delay 200] [--in-flight 64] [--shard 128] [--shards-in-flight 3] [--repeat 3]
The sampling step of --tasks requests of --n answers against a plain client of the same concurrency on the same endpoint. A shard
is 512 answers, as in bench:round. The first run is a worker's that has just started, and counts too.`;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10240' },
    n: { type: 'string', default: '4' },
    delay: { type: 'string', default: '200' },
    'in-flight': { type: 'string', default: '64' },
    shard: { type: 'string', default: '128' },
    'shards-in-flight': { type: 'string', default: '3' },
    repeat: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const [tasks, n, inFlight] = [Number(values.tasks), Number(values.n), Number(values['in-flight'])] as const;

/** How long work takes, and what of it the endpoint saw. */
const measure = async (world: BenchWorld, work: () => Promise<unknown>): Promise<{ seconds: number; seen: string }> => {
  await world.flight();
  const startedMs = performance.now();
  await work();
  const endMs = performance.now();
  const { firstRequestAtMs, lastAnswerAtMs, meanInFlight } = await world.flight();
  const beforeMs = firstRequestAtMs - performance.timeOrigin - startedMs;
  const afterMs = endMs + performance.timeOrigin - lastAnswerAtMs;
  const seen = `${beforeMs.toFixed(0)} ms to the first request, ${meanInFlight.toFixed(1)} in flight, ${afterMs.toFixed(0)} ms after the last answer`;
  return { seconds: (endMs - startedMs) / 1000, seen };
};

const configOf = (baseUrl: string) =>
  campaignConfigSchema.parse({
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl, name: 'replay', version: '1', concurrency: inFlight },
    sampling: { n, groupSize: n },
  });

const tracesOf = (rows: readonly RepairTask[]) => rows.map((task) => refusedTrace(task, 'not traced here'));

/** The plain client: the same prompts and seeds, answers kept in memory and nowhere else. */
const askPlainly = async (world: BenchWorld, rows: readonly RepairTask[], campaignSeed: string): Promise<void> => {
  const { sampling } = configOf(world.endpointUrl);
  const api = new OpenAI({ baseURL: world.endpointUrl, apiKey: 'none', maxRetries: 0 });
  const render = promptRenderer({ maxChars: sampling.traceMaxChars });
  const limit = pLimit(inFlight);
  const asked = tracesOf(rows).map((trace, at) =>
    limit(() => {
      const task = rows[at] as RepairTask;
      const messages = repairMessages({ task, trace }, [], sampling.traceFormat, render);
      const seed = seedFor(campaignSeed, task.id, 0);
      return api.chat.completions.create({ model: 'replay', messages, n, seed, max_tokens: sampling.maxTokens });
    }),
  );
  await Promise.all(asked);
};

/** The product's step: shard workflows on a real server, groups synced to disk in the ledger, rows in the store. */
const sampleDurably = async (world: BenchWorld, problems: TracedTasks, seed: string): Promise<void> => {
  const { sampling, model: modelConfig, verify: limits } = configOf(world.endpointUrl);
  const shared: Omit<SampleArgs, 'range'> = {
    campaign: 'overhead',
    seed,
    model: { model: 'replay', digest: 'replay', tuned: true },
    modelConfig,
    sampling,
    n,
    format: sampling.traceFormat,
    problems,
    shots: problems,
  };
  const limit = pLimit(Number(values['shards-in-flight']));
  const shards = cutIntoShards(tasks, Number(values.shard)).map((range, at) =>
    limit(
      () =>
        world.client.workflow.execute('shard', {
          workflowId: `overhead/${seed}/${at}`,
          taskQueue: queues.control,
          args: [{ sample: { ...shared, range }, limits }],
        }) as Promise<ShardResult>,
    ),
  );
  const results = await Promise.all(shards);
  const asked = results.reduce((sum, { askedGroups }) => sum + askedGroups, 0);
  if (asked !== tasks) throw new Error(`${asked} groups were asked where ${tasks} were expected`);
};

const main = async (): Promise<void> => {
  if (values.help) return print(usage);
  const world = await openWorld(tasks, Number(values.delay), { NEXTUNE_BENCH_JUDGE: 'none' });
  try {
    const rows = (await benchTasks(tasks)).slice(0, tasks);
    const store = openFolderStore(`${world.stateDir}/store`);
    const problems = { tasks: await putRows(store, rows), traces: await putRows(store, tracesOf(rows)) };
    const ratios: number[] = [];
    for (let round = 1; round <= Number(values.repeat); round++) {
      const plain = await measure(world, () => askPlainly(world, rows, `${round}`));
      const durable = await measure(world, () => sampleDurably(world, problems, `${round}`));
      const ratio = durable.seconds / plain.seconds;
      ratios.push(ratio);
      print(`run ${round}: plain client ${plain.seconds.toFixed(2)} s (${plain.seen})`);
      print(`       sampling step ${durable.seconds.toFixed(2)} s (${durable.seen}), ${ratio.toFixed(2)}x`);
    }
    const ideal = (tasks * Number(values.delay)) / 1000 / inFlight;
    print(`${tasks} requests of ${n}, ${values.delay} ms each, ${inFlight} in flight: ${ideal.toFixed(2)} s at best`);
    const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
    print(`plain client, median of ${ratios.length}: ${median.toFixed(2)}x (at most 1.05x)`);
  } finally {
    await world.close();
  }
};

await main();
