import { hostname } from 'node:os';
import { Context } from '@temporalio/activity';
import type { SealedManifest } from '../contract/campaign.js';
import type { Deps } from './deps.js';
import { type SealArgs, sealManifestAt } from './seal-manifest.js';

/** Seals a round where and as the activity runs: see seal-manifest.ts. */
export const seal = (deps: Deps, args: SealArgs): Promise<SealedManifest> => {
  const { activityId, workflowExecution } = Context.current().info;
  return sealManifestAt(deps, args, {
    workflowId: workflowExecution?.workflowId ?? '',
    runId: workflowExecution?.runId ?? '',
    activityId,
    host: hostname(),
    sealedAt: new Date().toISOString(),
  });
};
