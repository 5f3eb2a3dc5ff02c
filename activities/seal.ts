import { hostname } from 'node:os';
import { Context } from '@temporalio/activity';
import type { SealedManifest } from '../contract/campaign.js';
import {
  type Manifest,
  type ManifestCircumstances,
  type ManifestContent,
  manifestContentSchema,
} from '../contract/manifest.js';
import { canonicalJson } from '../core/canonical-json.js';
import { digestOfValue } from '../core/hash/digest.js';
import type { Deps } from './deps.js';

export interface SealArgs {
  content: Omit<ManifestContent, 'version'>;
  circumstances: Omit<ManifestCircumstances, 'sealedAt' | 'host' | 'workflowId' | 'runId'>;
}

/** Writes a round's manifest and names it in the campaign's record. Content first, so its digest is what is chained. */
export const seal = async (deps: Deps, args: SealArgs): Promise<SealedManifest> => {
  const content = manifestContentSchema.parse({ version: 1, ...args.content });
  const { workflowExecution } = Context.current().info;
  const manifest: Manifest = {
    content,
    contentDigest: digestOfValue(content),
    circumstances: {
      ...args.circumstances,
      sealedAt: new Date().toISOString(),
      host: hostname(),
      workflowId: workflowExecution?.workflowId ?? '',
      runId: workflowExecution?.runId ?? '',
    },
  };
  const digest = await deps.store.put(canonicalJson(manifest));
  await deps.manifests.append(content.campaign, { round: content.round, manifest: digest, kind: content.kind });
  return { manifest: digest, content: manifest.contentDigest };
};
