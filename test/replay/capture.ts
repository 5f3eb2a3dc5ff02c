import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { campaignResult, startCampaign } from '../../client/campaigns.js';
import { campaignWorkflowId, roundWorkflowId, shardWorkflowId } from '../../contract/workflow-ids.js';
import { type CampaignWorld, startCampaignWorld } from '../fakes/campaign-world.js';
import { steeredCampaign } from './steered.js';

interface Recording {
  name: string;
  workflowId: string;
  runId?: string;
}

/**
 * Records the histories of two small campaigns into `dir`, a file a workflow with its id: one left to itself, one steered
 * by a person. Run by `NEXTUNE_CAPTURE_HISTORIES=STAMP npm test -- replay`. Old recordings stay: they are campaigns that
 * may still be running.
 */
export const captureHistories = async (dir: string, stamp: string): Promise<void> => {
  const world = await startCampaignWorld();
  try {
    for (const recording of [...(await calm(world, stamp)), ...(await steered(world, stamp))]) {
      const handle = world.client.workflow.getHandle(recording.workflowId, recording.runId);
      const history = JSON.parse(historyToJSON(await handle.fetchHistory()), withoutTraces);
      const file = { workflowId: recording.workflowId, history };
      writeFileSync(join(dir, `${recording.name}-${stamp}.json`), `${JSON.stringify(file)}\n`);
    }
  } finally {
    await world.close();
  }
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

const currentRun = async (world: CampaignWorld, campaign: string): Promise<string> => {
  const { runId } = await world.client.workflow.getHandle(campaignWorkflowId(campaign)).describe();
  return runId;
};
