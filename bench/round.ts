import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { openFolderStore } from '../adapters/store/folder-store.js';
import { openManifestLog } from '../adapters/store/manifest-log.js';
import { readManifest } from '../core/hash/read-manifest.js';
import { measureCampaign, type RoundFigures } from './round/campaign.js';
import { benchInput, type RoundSizes } from './round/data.js';
import { type BenchWorld, openWorld } from './round/world.js';

const usage = `npm run bench:round -- [--tasks 10047] [--n 32] [--rounds 10] [--tenth 1004] [--group 32] [--shard 16] [--shards-in-flight 4] [--concurrency 16]
A round of --tasks x --n samples, then --rounds rounds of --tenth tasks (0: none): all but model and training.`;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10047' },
    n: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '10' },
    tenth: { type: 'string' },
    group: { type: 'string', default: '32' },
    shard: { type: 'string', default: '16' },
    'shards-in-flight': { type: 'string', default: '4' },
    concurrency: { type: 'string', default: '16' },
    help: { type: 'boolean', default: false },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const sizesFor = (tasks: number, rounds: number): RoundSizes => ({
  tasks,
  rounds,
  n: Number(values.n),
  groupSize: Number(values.group),
  shardTasks: Number(values.shard),
  shardsInFlight: Number(values['shards-in-flight']),
  concurrency: Number(values.concurrency),
});

const cpuLimitSeconds = 1;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const inWorld = async <Result>(tasks: number, body: (world: BenchWorld) => Promise<Result>): Promise<Result> => {
  const world = await openWorld(tasks, 0);
  try {
    return await body(world);
  } finally {
    await world.close();
  }
};

const report = (title: string, figures: RoundFigures): number => {
  const { wallSeconds, stats, cpuSeconds, disk } = figures;
  const cores = availableParallelism();
  const timeouts = (stats.endless * cpuLimitSeconds) / cores;
  const net = wallSeconds - timeouts;
  print(`\n${title}: ${stats.answers} samples, ${stats.passing} pass, ${stats.endless} never end`);
  print(`  wall time              ${minutes(wallSeconds)}, on ${cores} cores`);
  print(`  less time-outs' CPU    ${minutes(net)} (${stats.endless} x ${cpuLimitSeconds} s over ${cores} cores)`);
  for (const { name, seconds, workerPeakBytes } of figures.steps)
    print(`    ${name.padEnd(20)} ${seconds.toFixed(1)} s, worker at most ${megabytes(workerPeakBytes)} until then`);
  print(`  CPU, worker            ${cpuSeconds.worker.toFixed(0)} s`);
  print(`  CPU, jails             ${cpuSeconds.jails.toFixed(0)} s, time-outs included`);
  print(`  CPU, Temporal's server ${cpuSeconds.server.toFixed(0)} s`);
  print(`  CPU, endpoint          ${cpuSeconds.endpoint.toFixed(0)} s`);
  print(`  worker's peak memory   ${megabytes(figures.workerPeakBytes)}`);
  const { sealSeconds, roundSeconds: whole } = figures.sealing;
  print(`  sealing                ${sealSeconds.toFixed(2)} s of ${whole.toFixed(1)} s in the rounds`);
  print(`  largest history        ${figures.largestHistory} events`);
  const parts = `store ${megabytes(disk.store)}, ledger ${megabytes(disk.ledger)}, server ${megabytes(disk.temporal)}`;
  print(
    `  disk a sample          ${((disk.store + disk.ledger + disk.temporal) / stats.answers).toFixed(0)} bytes (${parts})`,
  );
  return net;
};

const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1)} min (${seconds.toFixed(1)} s)`;

const oneRound = (tasks: number): Promise<{ net: number; figures: RoundFigures }> =>
  inWorld(tasks, async (world) => {
    const { stateDir, endpointUrl: baseUrl } = world;
    const input = await benchInput({ campaign: 'bench', stateDir, baseUrl, sizes: sizesFor(tasks, 1) });
    const figures = await measureCampaign(world, input, print);
    return { net: report(`one round of ${tasks} tasks x ${values.n}`, figures), figures };
  });

/** Seconds of each round, from the seal before it to its own. */
const roundSeconds = async ({ stateDir }: BenchWorld, campaign: string): Promise<number[]> => {
  const store = openFolderStore(`${stateDir}/store`);
  const sealedAt: number[] = [];
  for (const { kind, manifest } of await openManifestLog(`${stateDir}/campaigns`).list(campaign)) {
    const bytes = await store.get(manifest);
    const { circumstances } = readManifest(bytes).manifest;
    if (kind !== 'campaign') sealedAt.push(Date.parse(circumstances.sealedAt));
  }
  return sealedAt.slice(1).map((ms, at) => (ms - (sealedAt[at] ?? ms)) / 1000);
};

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

const manyRounds = (tasks: number, rounds: number): Promise<number> =>
  inWorld(tasks, async (world) => {
    const { stateDir, endpointUrl: baseUrl } = world;
    const input = await benchInput({ campaign: 'bench', stateDir, baseUrl, sizes: sizesFor(tasks, rounds) });
    report(`${rounds} rounds of ${tasks} tasks x ${values.n}`, await measureCampaign(world, input, print));
    const seconds = await roundSeconds(world, 'bench');
    print(`  seconds a round        ${seconds.map((one) => one.toFixed(1)).join(' ')}`);
    const half = Math.floor(seconds.length / 2);
    return mean(seconds.slice(-half)) / mean(seconds.slice(0, half));
  });

const main = async (): Promise<void> => {
  if (values.help) return print(usage);
  const tasks = Number(values.tasks);
  const rounds = Number(values.rounds);
  const { net, figures } = await oneRound(tasks);
  const growth = rounds > 1 ? await manyRounds(Number(values.tenth ?? Math.floor(tasks / 10)), rounds) : undefined;
  print('');
  const share = (tasks * Number(values.n)) / 321_504;
  print(`limit of 30 minutes for 321,504 samples, time-outs subtracted: ${(net / (1800 * share)).toFixed(2)}x`);
  print(`limit of 1 GB of worker memory: ${(figures.workerPeakBytes / 1e9).toFixed(2)}x`);
  print(`limit of 10,000 events a history: ${(figures.largestHistory / 10_000).toFixed(2)}x`);
  const { sealSeconds, roundSeconds: whole } = figures.sealing;
  print(`limit of 2 % of a round for sealing: ${(sealSeconds / whole / 0.02).toFixed(2)}x`);
  if (growth !== undefined) print(`later half of the rounds against the earlier: ${growth.toFixed(2)}x`);
};

await main();
