import { setTimeout as delay } from 'node:timers/promises';
import { folderBytes } from '../../adapters/store/folder-bytes.js';
import { campaignFailure, startCampaign, viewCampaign } from '../../client/campaigns.js';
import type { CampaignInput } from '../../contract/campaign.js';
import { cpuSeconds, descendantsCpuSeconds, peakMemoryBytes } from './processes.js';
import { measureSealing, type SealingFigures } from './sealing.js';
import type { BenchWorld, EndpointStats } from './world.js';

export interface StepFigures {
  name: string;
  seconds: number;
  /** The most memory that the worker had taken by the step's end. */
  workerPeakBytes: number;
}

export interface RoundFigures {
  wallSeconds: number;
  /** Seconds from one step's start to the next one's, by step in the order they were seen. */
  steps: StepFigures[];
  stats: EndpointStats;
  cpuSeconds: { worker: number; jails: number; server: number; endpoint: number };
  workerPeakBytes: number;
  largestHistory: number;
  sealing: SealingFigures;
  disk: { store: number; ledger: number; temporal: number };
}

/** Runs a campaign to its end and measures it. @throws Error with the campaign's failure */
export const measureCampaign = async (
  world: BenchWorld,
  input: CampaignInput,
  say: (line: string) => void,
): Promise<RoundFigures> => {
  const startedMs = performance.now();
  await startCampaign(world.client, input);
  const steps = await followSteps(world, input.campaign, say);
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const stats = await world.stats();
  const { pid } = world.worker;
  return {
    wallSeconds,
    steps,
    stats,
    cpuSeconds: {
      worker: cpuSeconds(pid),
      jails: descendantsCpuSeconds(pid),
      server: cpuSeconds(world.serverPid),
      endpoint: stats.cpuMs / 1000,
    },
    workerPeakBytes: peakMemoryBytes(pid),
    largestHistory: await largestHistory(world),
    sealing: await measureSealing(world.client),
    disk: {
      store: (await folderBytes(`${world.stateDir}/store`)).onDisk,
      ledger: (await folderBytes(`${world.stateDir}/ledger`)).onDisk,
      temporal: (await folderBytes(`${world.stateDir}/temporal`)).onDisk,
    },
  };
};

const pollMs = 500;
const sayEveryMs = 15_000;

const followSteps = async (
  world: BenchWorld,
  campaign: string,
  say: (line: string) => void,
): Promise<RoundFigures['steps']> => {
  const seen: { name: string; atMs: number; peakBytes: number }[] = [];
  let saidMs = 0;
  for (;;) {
    const view = await viewCampaign(world.client, campaign);
    const name = view.step ? `round ${view.progress?.round} ${view.step.step}` : 'start';
    if (seen.at(-1)?.name !== name) seen.push({ name, atMs: performance.now(), peakBytes: 0 });
    const last = seen.at(-1);
    if (last) last.peakBytes = peakMemoryBytes(world.worker.pid);
    if (view.state === 'failed') throw new Error(await campaignFailure(world.client, campaign));
    if (view.state === 'completed') break;
    if (performance.now() - saidMs > sayEveryMs) {
      saidMs = performance.now();
      say(`${name}: ${view.step?.done ?? 0} of ${view.step?.total ?? '?'} ${view.step?.unit ?? ''}`);
    }
    await delay(pollMs);
  }
  const endMs = performance.now();
  return seen.map(({ name, atMs, peakBytes }, at) => ({
    name,
    seconds: ((seen[at + 1]?.atMs ?? endMs) - atMs) / 1000,
    workerPeakBytes: peakBytes,
  }));
};

const largestHistory = async ({ client }: BenchWorld): Promise<number> => {
  let largest = 0;
  for await (const { historyLength } of client.workflow.list()) largest = Math.max(largest, historyLength);
  return largest;
};
