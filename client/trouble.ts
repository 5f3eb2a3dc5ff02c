import type { Client } from '@temporalio/client';
import type { Runtime } from '../adapters/supervisor/runtime.js';
import { campaignWorkflowId } from '../contract/workflow-ids.js';
import { type FailingStep, failingSteps } from './failing-steps.js';
import { type InterruptedStep, interruptedSteps } from './interrupted-steps.js';
import { pendingWork } from './pending-work.js';
import { type UnservedQueue, unservedQueues } from './unserved-queues.js';

/** What keeps a running campaign's steps, or kept them. */
export interface Trouble {
  failing: FailingStep[];
  interrupted: InterruptedStep[];
  unserved: UnservedQueue[];
}

export const noTrouble: Trouble = { failing: [], interrupted: [], unserved: [] };

/** Looks through everything that a campaign waits for. `components` are those of the folder that it is looked at from. */
export const troubleOf = async (
  client: Client,
  campaign: string,
  components: Runtime['components'],
): Promise<Trouble> => {
  const work = await pendingWork(client, campaignWorkflowId(campaign));
  const worker = components.find(({ name }) => name === 'worker');
  const since = worker && readySinceMs(worker);
  return {
    failing: await failingSteps(client, work, since),
    interrupted: interruptedSteps(work, since),
    // One that starts takes work soon, and its own line tells of it.
    unserved: worker?.state === 'starting' ? [] : await unservedQueues(client, work, Date.now()),
  };
};

/** When a component was first ready; Infinity while it is not; undefined where its supervisor does not tell. */
const readySinceMs = ({ firstReadyAt }: Runtime['components'][number]): number | undefined =>
  firstReadyAt === undefined ? undefined : firstReadyAt === null ? Number.POSITIVE_INFINITY : Date.parse(firstReadyAt);
