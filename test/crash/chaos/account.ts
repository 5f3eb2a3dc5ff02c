import type { Client } from '@temporalio/client';
import { tailOf } from '../../../adapters/supervisor/bounded-log.js';
import { readRuntime } from '../../../adapters/supervisor/runtime.js';
import { connect, viewCampaign } from '../../../client/campaigns.js';
import { campaignWorkflowId } from '../../../contract/workflow-ids.js';

const [tailLines, lineChars] = [30, 240];
const endOf = (path: string): string =>
  tailOf(path, tailLines)
    .map((line) => `  ${line.slice(0, lineChars)}`)
    .join('\n');

/** What the server waits for in a workflow and its children: tasks that nobody took look scheduled for ever. */
const pendingIn = async (client: Client, workflowId: string): Promise<string[]> => {
  const description = await client.workflow.getHandle(workflowId).describe();
  const { pendingActivities, pendingChildren, pendingWorkflowTask } = description.raw;
  const below = await Promise.all(
    (pendingChildren ?? []).map((child) =>
      pendingIn(client, child.workflowId ?? '').catch((error: Error) => [`${child.workflowId}: ${error.message}`]),
    ),
  );
  return [
    `${workflowId} ${description.status.name} ${JSON.stringify({ pendingActivities, pendingWorkflowTask, pendingChildren })}`,
    ...below.flat(),
  ];
};

/** What a person would look at where a campaign stands still: its components, their logs, its step, what it waits for. */
export const accountOf = async (stateDir: string, campaign: string): Promise<string> => {
  const runtime = await readRuntime(stateDir);
  if (runtime === undefined) return 'nothing is up';
  const logs = runtime.components.map(({ logPath, ...one }) => `${JSON.stringify(one)}\n${endOf(logPath)}`);
  const client = await connect(runtime.temporalAddress).catch(() => undefined);
  if (client === undefined) return [...logs, 'the server does not answer'].join('\n');
  try {
    const pending = await pendingIn(client, campaignWorkflowId(campaign));
    return [...logs, JSON.stringify(await viewCampaign(client, campaign)), ...pending].join('\n');
  } catch (error) {
    return [...logs, String(error)].join('\n');
  } finally {
    await client.connection.close();
  }
};
