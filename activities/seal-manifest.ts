import type { SealedManifest } from '../contract/campaign.js';
import { type Digest, digestSchema } from '../contract/digest.js';
import type { NewEvent, TreeHead } from '../contract/event.js';
import {
  type Manifest,
  type ManifestCircumstances,
  type ManifestContent,
  manifestContentSchema,
} from '../contract/manifest.js';
import { treeSchema } from '../contract/rows.js';
import { statementPayloadType } from '../contract/statement.js';
import { statementOf } from '../core/audit/statement.js';
import { canonicalJson } from '../core/canonical-json.js';
import { digestOfValue } from '../core/hash/digest.js';
import type { Deps } from './deps.js';

export interface SealArgs {
  content: Omit<ManifestContent, 'version' | 'environment'>;
  circumstances: Omit<ManifestCircumstances, 'sealedAt' | 'host' | 'workflowId' | 'runId' | 'events' | 'machine'>;
}

/** Where and when a seal is made, and what tells its activity from every other. */
export interface SealingPlace {
  workflowId: string;
  runId: string;
  activityId: string;
  host: string;
  sealedAt: string;
}

type SealingDeps = Pick<Deps, 'store' | 'manifests' | 'events' | 'signer' | 'anchor' | 'environment'>;

/**
 * Signs a round's manifest, puts its seal into the events log, and names it in the campaign's record. The event's id is
 * the activity's, so that of two attempts the manifest that was logged first is the one that stands.
 */
export const sealManifestAt = async (
  deps: SealingDeps,
  args: SealArgs,
  place: SealingPlace,
): Promise<SealedManifest> => {
  const { campaign, kind, round } = args.content;
  const id = `sealed/${kind}/${round}/${place.runId}/${place.activityId}`;
  const before = (await deps.events.list(campaign)).find((event) => event.id === id);
  const { event, head } = await deps.events.append(campaign, before ?? (await sealedEvent(deps, args, place, id)));
  const sealed = {
    manifest: digestSchema.parse(event.details?.manifest),
    content: digestSchema.parse(event.details?.content),
  };
  await deps.manifests.append(campaign, { round, manifest: sealed.manifest, kind });
  for (const told of toldBySeal(args.content, id, event.by)) await deps.events.append(campaign, told);
  await anchorHead(deps, campaign, head);
  return sealed;
};

/** What a reader of the log should not have to look for in a manifest. Ids are the seal's, so each is told once. */
const toldBySeal = ({ round, counts, decision }: SealArgs['content'], id: string, by: string): NewEvent[] => {
  const none = counts.none ?? 0;
  const summary = `${none} of ${counts.samples} samples without a verdict: they train and score nothing`;
  return [
    ...(none > 0 ? [{ id: `${id}/noVerdicts`, kind: 'noVerdicts' as const, by, round, summary }] : []),
    ...(decision?.next === 'rollBack'
      ? [{ id: `${id}/rolledBack`, kind: 'rolledBack' as const, by, round, summary: decision.reason }]
      : []),
  ];
};

const sealedEvent = async (deps: SealingDeps, args: SealArgs, place: SealingPlace, id: string): Promise<NewEvent> => {
  const { content, contentDigest, circumstances } = await manifestOf(deps, args, place);
  const manifest = await putSigned(deps, { content, contentDigest, circumstances });
  const { kind, round } = content;
  return {
    id,
    kind: 'sealed',
    at: place.sealedAt,
    by: `nextune on ${place.host}`,
    round,
    summary: kind === 'round' ? `round ${round} sealed` : `${kind} sealed`,
    details: { manifestKind: kind, manifest, content: contentDigest },
  };
};

const manifestOf = async (deps: SealingDeps, args: SealArgs, place: SealingPlace): Promise<Manifest> => {
  const environment = await deps.environment();
  const content = manifestContentSchema.parse({ version: 2, ...args.content, environment });
  const { workflowId, runId, host, sealedAt } = place;
  const events = await deps.events.head(content.campaign);
  const machine = { platform: process.platform, arch: process.arch, node: process.version };
  return {
    content,
    contentDigest: digestOfValue(content),
    circumstances: { ...args.circumstances, sealedAt, host, workflowId, runId, events, machine },
  };
};

/** Stores the signed in-toto statement; its subjects name each file of the adapter by its own digest. */
const putSigned = async (deps: SealingDeps, manifest: Manifest): Promise<Digest> => {
  const tree = manifest.content.produced?.adapter;
  const adapter =
    tree === undefined ? undefined : treeSchema.parse(JSON.parse((await deps.store.get(tree)).toString('utf8')));
  const payload = Buffer.from(canonicalJson(statementOf(manifest, adapter)));
  return await deps.store.put(canonicalJson(await deps.signer.sign(statementPayloadType, payload)));
};

/** Anchored once for each head; a command that fails is tried again until it is mended. */
const anchorHead = async (deps: SealingDeps, campaign: string, head: TreeHead): Promise<void> => {
  const id = `anchored/${head.size}`;
  if ((await deps.events.list(campaign)).some((event) => event.id === id)) return;
  const anchored = await deps.anchor.anchor(campaign, head);
  if (!anchored) return;
  await deps.events.append(campaign, {
    id,
    kind: 'anchored',
    by: anchored.command,
    summary: `the log's first ${head.size} events anchored outside`,
    details: { size: head.size, root: head.root, receipt: anchored.receipt },
  });
};
