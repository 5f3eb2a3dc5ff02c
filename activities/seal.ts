import { hostname } from 'node:os';
import { Context } from '@temporalio/activity';
import type { SealedManifest } from '../contract/campaign.js';
import type { Deps } from './deps.js';
import { keepForLater } from './keep.js';
import { type SealArgs, sealManifestAt } from './seal-manifest.js';

/**
 * Seals a round where and as the activity runs: see seal-manifest.ts. `later` is what the campaign goes on with and this
 * manifest does not name.
 */
export const seal = async (deps: Deps, { later, ...args }: SealArgs & { later?: unknown }): Promise<SealedManifest> => {
  if (later !== undefined) await keepForLater(deps, args.content.campaign, later);
  const { activityId, workflowExecution } = Context.current().info;
  return await sealManifestAt(deps, args, {
    workflowId: workflowExecution?.workflowId ?? '',
    runId: workflowExecution?.runId ?? '',
    activityId,
    host: hostname(),
    sealedAt: new Date().toISOString(),
  });
};
