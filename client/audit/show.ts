import { readEvents } from '../../adapters/audit/event-log.js';
import { openStorage } from '../../adapters/store/open-storage.js';
import type { Digest } from '../../contract/digest.js';
import type { CampaignEvent } from '../../contract/event.js';
import { InputError } from '../../contract/failures.js';
import type { Manifest } from '../../contract/manifest.js';
import { verdictRowSchema } from '../../contract/rows.js';
import type { Verdict } from '../../contract/verdict.js';
import { countingSeals } from '../../core/audit/counting.js';
import { readManifest } from '../../core/hash/read-manifest.js';
import { flakyByTask } from '../../core/verdict/flaky.js';
import { findCampaign } from '../campaign-folder.js';
import { openCampaignReader } from '../campaign-reader.js';
import { drawsOf } from './draws.js';

/** A seal with what it holds. `counts` is false where a later attempt took its place. */
export interface ShownSeal {
  kind: Manifest['content']['kind'];
  round: number;
  digest: Digest;
  signed: boolean;
  counts: boolean;
  manifest: Manifest;
  /** Where its counts tell of verdicts that flipped: how many, by task. */
  flakyTasks?: Record<string, number>;
}

/** What happened, in order: an event of the log, with the seal where it is one; or a seal older than the log. */
export interface Happening {
  at: string;
  by: string;
  event?: CampaignEvent;
  seal?: ShownSeal;
}

export interface CampaignHistory {
  campaign: string;
  startedAt: string;
  configPath: string;
  happenings: Happening[];
}

/**
 * A campaign's history, or one round's: its seals and the events around them. It is read and not proved: `audit verify`
 * does that. @throws InputError where the round is not there
 */
export const campaignHistory = async (
  stateDir: string,
  wanted: string | undefined,
  round?: number,
): Promise<CampaignHistory> => {
  const { campaign, startedAt, configPath } = await findCampaign(stateDir, wanted);
  const seals = await sealsOf(stateDir, campaign);
  const events = await readEvents(openStorage(stateDir).eventFiles, campaign);
  const logged = new Set<string>();
  const fromLog = events.map((event): Happening => {
    const seal = event.kind === 'sealed' ? seals.get(String(event.details?.manifest)) : undefined;
    if (seal) logged.add(seal.digest);
    return { at: event.at, by: event.by, event, ...(seal && { seal }) };
  });
  const older = [...seals.values()]
    .filter(({ digest }) => !logged.has(digest))
    .map((seal): Happening => ({ at: seal.manifest.circumstances.sealedAt, by: hostOf(seal), seal }));
  const all = [...older, ...fromLog];
  const happenings = round === undefined ? all : all.filter((one) => roundOf(one) === round);
  if (round !== undefined && happenings.length === 0) throw noRound(campaign, round, seals);
  return { campaign, startedAt, configPath, happenings };
};

const hostOf = ({ manifest }: ShownSeal): string => `nextune on ${manifest.circumstances.host}`;

/** The campaign's own seal carries its last round's number, and belongs to no round. */
const roundOf = ({ event, seal }: Happening): number | undefined =>
  (seal?.kind ?? event?.details?.manifestKind) === 'campaign' ? undefined : (seal?.round ?? event?.round);

const noRound = (campaign: string, round: number, seals: ReadonlyMap<string, ShownSeal>): InputError => {
  const known = [...new Set([...seals.values()].filter(({ kind }) => kind !== 'campaign').map((seal) => seal.round))];
  return new InputError(
    `nothing of round ${round} is recorded in ${campaign}; sealed: ${known.join(', ') || 'none yet'}`,
  );
};

const sealsOf = async (stateDir: string, campaign: string): Promise<Map<string, ShownSeal>> => {
  const { store, manifests } = openStorage(stateDir);
  const entries = await manifests.list(campaign);
  const counting = new Set(countingSeals(entries));
  const seals = entries.map(async (entry): Promise<[string, ShownSeal]> => {
    const { manifest, signed } = readManifest(await store.get(entry.manifest));
    const { kind, round } = entry;
    const seal = { kind, round, digest: entry.manifest, signed: signed !== undefined, counts: counting.has(entry) };
    const flaky = (manifest.content.counts.flaky ?? 0) > 0;
    return [
      entry.manifest,
      { ...seal, manifest, ...(flaky && { flakyTasks: await flakyTasksOf(stateDir, manifest) }) },
    ];
  });
  return new Map(await Promise.all(seals));
};

/** Read from the rows, for a manifest names no tasks. Only what its counts are over: not the filter's. */
const flakyTasksOf = async (stateDir: string, { content }: Manifest): Promise<Record<string, number>> => {
  const reader = openCampaignReader(stateDir);
  const shards = drawsOf(content).flatMap((draw) => (draw.counted ? draw.shards : []));
  const judged: Pick<Verdict, 'taskId' | 'reason'>[] = [];
  for (const { verdicts } of shards)
    for (const { taskId, reason } of await reader.rows(verdicts, verdictRowSchema))
      if (reason === 'flaky') judged.push({ taskId, reason });
  return flakyByTask(judged);
};
