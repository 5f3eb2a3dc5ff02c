import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { putRows } from '../../activities/rows.js';
import { campaignResult, startCampaign } from '../../client/campaigns.js';
import { whoAsks } from '../../client/who-asks.js';
import { campaignWorkflowId, roundWorkflowId, shardWorkflowId } from '../../contract/workflow-ids.js';
import { type CampaignWorld, collapsesOnceTuned, collapseTasks, startCampaignWorld } from '../fakes/campaign-world.js';
import { steeredCampaign } from './steered.js';

interface Recording {
  name: string;
  workflowId: string;
  runId?: string;
}

/**
 * Records the histories of three small campaigns into `dir`, a file a workflow with its id: one left to itself, one steered
 * by a person, one rolled back. Run by `NEXTUNE_CAPTURE_HISTORIES=STAMP npm test -- replay`. Old recordings stay: they are campaigns that
 * may still be running.
 */
export const captureHistories = async (dir: string, stamp: string): Promise<void> => {
  const world = await startCampaignWorld();
  try {
    const recordings = [
      ...(await calm(world, stamp)),
      ...(await steered(world, stamp)),
      ...(await collapsed(world, stamp)),
    ];
    for (const recording of recordings) {
      const handle = world.client.workflow.getHandle(recording.workflowId, recording.runId);
      const history = JSON.parse(historyToJSON(await handle.fetchHistory()), withoutTraces);
      const file = { workflowId: recording.workflowId, history };
      writeFileSync(join(dir, `${recording.name}-${stamp}.json`), `${withoutNames(JSON.stringify(file))}\n`);
    }
  } finally {
    await world.close();
  }
};

/** Who recorded, and where, is not for the repository. */
const withoutNames = (text: string): string => {
  const base64 = (name: string): string => Buffer.from(JSON.stringify(name)).toString('base64');
  return text.replaceAll(base64(whoAsks()), base64('ada@laptop')).replaceAll(`@${hostname()}"`, '@machine"');
};

/** Where an error was thrown names folders of the machine, and no replay reads it. */
const withoutTraces = (key: string, value: unknown): unknown => (key === 'stackTrace' ? '' : value);

const calm = async (world: CampaignWorld, stamp: string): Promise<Recording[]> => {
  const campaign = `recorded-${stamp}`;
  const workflowId = campaignWorkflowId(campaign);
  await startCampaign(world.client, await world.inputFor(campaign));
  const runId = await currentRun(world, campaign);
  await campaignResult(world.client, campaign);
  const roundId = roundWorkflowId(campaign, 1, 1);
  return [
    { name: 'campaign-first', workflowId, runId },
    { name: 'campaign-last', workflowId },
    { name: 'round', workflowId: roundId },
    { name: 'shard', workflowId: shardWorkflowId(roundId, 'train', 0) },
  ];
};

/** Each run of the campaign on its own, and the rounds that were cut off, held or taken up from a later step. */
const steered = async (world: CampaignWorld, stamp: string): Promise<Recording[]> => {
  const campaign = `steered-${stamp}`;
  const runs = await steeredCampaign(world, campaign, () => currentRun(world, campaign));
  const workflowId = campaignWorkflowId(campaign);
  return [
    ...runs.map((runId, at) => ({ name: `campaign-steered-${at + 1}`, workflowId, runId })),
    { name: 'round-steered-failed', workflowId: roundWorkflowId(campaign, 1, 1) },
    { name: 'round-steered-again', workflowId: roundWorkflowId(campaign, 1, 2) },
    { name: 'round-steered-paused', workflowId: roundWorkflowId(campaign, 2, 1) },
  ];
};

/** Rolled back after its first round. */
const collapsed = async (world: CampaignWorld, stamp: string): Promise<Recording[]> => {
  const campaign = `collapsed-${stamp}`;
  collapsesOnceTuned(world.endpoint);
  const config = { seed: '92', rounds: 2, earlyStop: { patience: false, rollBack: true } };
  const tasks = await putRows(world.deps.store, collapseTasks);
  await startCampaign(world.client, { ...(await world.inputFor(campaign, config)), tasks });
  const { checkpoints } = await campaignResult(world.client, campaign);
  if (checkpoints[1]?.decision?.next !== 'rollBack') throw new Error(`${campaign} was not rolled back`);
  return [
    { name: 'campaign-collapsed', workflowId: campaignWorkflowId(campaign) },
    { name: 'round-rolled-back', workflowId: roundWorkflowId(campaign, 2, 1) },
  ];
};

const currentRun = async (world: CampaignWorld, campaign: string): Promise<string> => {
  const { runId } = await world.client.workflow.getHandle(campaignWorkflowId(campaign)).describe();
  return runId;
};
