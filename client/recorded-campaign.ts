import { resolve } from 'node:path';
import { readEvents } from '../adapters/audit/event-log.js';
import { openStorage } from '../adapters/store/open-storage.js';
import type { CampaignProgress, Checkpoint } from '../contract/campaign.js';
import type { Decision } from '../contract/control.js';
import type { Manifest } from '../contract/manifest.js';
import { isDev } from '../core/evaluation/sets.js';
import { type CampaignEnd, endOf } from './campaign-end.js';
import { openCampaignReader, type SealedRound } from './campaign-reader.js';
import type { CampaignView } from './campaigns.js';

/**
 * A campaign as its seals and events tell it, for the server forgets one that ended after its retention (a day, for the
 * embedded one). Undefined where they tell of no end.
 */
export const recordedCampaign = async (
  stateDir: string,
  campaign: string,
): Promise<{ view: CampaignView; end: CampaignEnd } | undefined> => {
  const folder = resolve(stateDir);
  const sealed = await openCampaignReader(folder).sealed(campaign);
  const events = await readEvents(openStorage(folder).eventFiles, campaign);
  const last = sealed.find(({ manifest }) => manifest.content.kind === 'campaign')?.manifest;
  const cancelled = events.findLast(({ kind, summary }) => kind === 'stopped' && summary.startsWith('cancelled'));
  if (!last && !cancelled) return undefined;
  const checkpoints = sealed.flatMap(checkpointOf);
  const rounds = Math.max(0, ...sealed.map(({ manifest }) => manifest.content.round));
  const progress: CampaignProgress = { phase: 'done', round: rounds, rounds, checkpoints };
  const stopped = last?.content.ended;
  const end = endOf({
    status: last ? 'COMPLETED' : 'CANCELLED',
    progress,
    endedAt: last?.circumstances.sealedAt ?? cancelled?.at,
    result: last && { checkpoints, ...(stopped !== undefined && { stopped }) },
    failure: undefined,
    events,
  });
  return { view: { campaign, state: last ? 'completed' : 'cancelled', progress, step: undefined }, end };
};

const checkpointOf = ({ manifest: { content } }: SealedRound): Checkpoint[] => {
  const scored = content.evaluations.find(({ name }) => isDev(name));
  if (content.kind === 'campaign' || !scored) return [];
  const first = scored.score.passAtK.find(({ k }) => k === 1);
  const { round, decision } = content;
  const devPassAt1 = first && 'mean' in first ? first.mean : 0;
  const { adapter, ...named } = scored.model;
  const model = { ...named, ...(adapter !== undefined && { adapter }) };
  return [{ round, model, dev: scored.score, devPassAt1, ...(decision && { decision: decisionOf(decision) }) }];
};

const decisionOf = ({ change, ...rest }: NonNullable<Manifest['content']['decision']>): Decision => ({
  ...rest,
  ...(change && { change }),
});
