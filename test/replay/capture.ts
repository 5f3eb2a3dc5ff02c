import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startCampaign } from '../../client/campaigns.js';
import { campaignWorkflowId, roundWorkflowId, shardWorkflowId } from '../../contract/workflow-ids.js';
import { startCampaignWorld } from '../fakes/campaign-world.js';

/**
 * Records the histories of a small campaign into `dir`, a file a workflow with its id: run by
 * `NEXTUNE_CAPTURE_HISTORIES=1 npm test -- replay`. Old recordings stay: they are campaigns that may still be running.
 */
export const captureHistories = async (dir: string, stamp: string): Promise<void> => {
  const world = await startCampaignWorld();
  try {
    const campaign = `recorded-${stamp}`;
    const workflowId = campaignWorkflowId(campaign);
    const first = world.client.workflow;
    await startCampaign(world.client, await world.inputFor(campaign));
    const { firstExecutionRunId } = await first
      .getHandle(workflowId)
      .describe()
      .then(({ raw }) => ({
        firstExecutionRunId: raw.workflowExecutionInfo?.firstRunId ?? '',
      }));
    await first.getHandle(workflowId).result();
    const roundId = roundWorkflowId(campaign, 1, 1);
    const recordings = [
      { name: `campaign-first-${stamp}`, workflowId, runId: firstExecutionRunId },
      { name: `campaign-last-${stamp}`, workflowId, runId: undefined },
      { name: `round-${stamp}`, workflowId: roundId, runId: undefined },
      { name: `shard-${stamp}`, workflowId: shardWorkflowId(roundId, 'train', 0), runId: undefined },
    ];
    for (const { name, workflowId: id, runId } of recordings) {
      const history = await first.getHandle(id, runId).fetchHistory();
      const file = { workflowId: id, history: JSON.parse(historyToJSON(history)) };
      writeFileSync(join(dir, `${name}.json`), `${JSON.stringify(file)}\n`);
    }
  } finally {
    await world.close();
  }
};
