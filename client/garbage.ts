import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolderStore } from '../adapters/store/folder-store.js';
import { openManifestLog } from '../adapters/store/manifest-log.js';
import { isShared } from '../adapters/store/open-storage.js';
import type { Digest } from '../contract/digest.js';
import { InputError } from '../contract/failures.js';
import { objectsOf } from './audit/referenced.js';
import { listCampaigns } from './campaign-folder.js';
import { forgetKept, keptObjects } from './kept-objects.js';

export interface CampaignUse {
  campaign: string;
  ended: boolean;
  objects: number;
  bytes: number;
  /** Of those, what no other campaign refers to. */
  ownBytes: number;
}

export interface StoreUse {
  campaigns: CampaignUse[];
  /** What the records of `nextune eval` refer to. */
  evaluations: { objects: number; bytes: number };
  /** Objects that no seal and no evaluation refers to, and no retry may need. */
  loose: { digest: Digest; path: string; bytes: number; ageMs: number }[];
}

/** A campaign that starts just now has stored its tasks and has no record yet: what is this young stays. */
const graceMs = 3_600_000;

/**
 * Which campaign keeps how much of the store. What is kept for a retry counts, but for campaigns that are `abandoned`.
 * @throws InputError where a manifest or a round's steps can't be read: what they refer to is unknown
 */
export const storeUse = async (
  stateDir: string,
  { nowMs = Date.now(), abandoned = [] }: { nowMs?: number; abandoned?: readonly string[] } = {},
): Promise<StoreUse> => {
  if (isShared(stateDir))
    throw new InputError(`${stateDir} keeps its objects in a bucket: use and removal of those are not counted here`);
  const store = openFolderStore(join(stateDir, 'store'));
  const manifests = openManifestLog(join(stateDir, 'campaigns'));
  const files = await objectFiles(join(stateDir, 'store', 'sha256'), nowMs);
  const holders = new Map<Digest, number>();
  const held: { campaign: string; objects: Set<Digest> }[] = [];
  const started = (await listCampaigns(stateDir)).map((one) => one.campaign);
  for (const campaign of new Set([...(await manifests.campaigns()), ...started])) {
    // A folder of requests alone is an evaluation's, which seals nothing.
    if (!started.includes(campaign) && (await manifests.list(campaign)).length === 0) continue;
    const refuse = (object: Digest, error: unknown): never => {
      throw new InputError(
        `${object} of ${campaign} can't be read, so nothing is removed: ${(error as Error).message}`,
      );
    };
    const objects = await objectsOf(stateDir, store, campaign, refuse);
    const wanted = abandoned.includes(campaign) ? [] : await keptObjects(stateDir, store, campaign, refuse);
    for (const digest of wanted) objects.add(digest);
    for (const digest of objects) holders.set(digest, (holders.get(digest) ?? 0) + 1);
    held.push({ campaign, objects });
  }
  const bytesOf = (digests: Iterable<Digest>): number =>
    [...digests].reduce((sum, digest) => sum + (files.get(digest)?.bytes ?? 0), 0);
  const judged = await evaluationObjects(stateDir);
  for (const digest of judged) holders.set(digest, (holders.get(digest) ?? 0) + 1);
  const campaigns = await Promise.all(
    held.map(async ({ campaign, objects }) => ({
      campaign,
      ended: (await manifests.list(campaign)).some(({ kind }) => kind === 'campaign'),
      objects: objects.size,
      bytes: bytesOf(objects),
      ownBytes: bytesOf([...objects].filter((digest) => holders.get(digest) === 1)),
    })),
  );
  const loose = [...files].filter(([digest]) => !holders.has(digest)).map(([digest, file]) => ({ digest, ...file }));
  const bytes = bytesOf(judged);
  return {
    campaigns,
    evaluations: { objects: [...judged].filter((digest) => files.has(digest)).length, bytes },
    loose,
  };
};

/** Every digest that an evaluation's record names: what `nextune eval` judged is as lasting as its record. */
const evaluationObjects = async (stateDir: string): Promise<Set<Digest>> => {
  const dir = join(stateDir, 'evaluations');
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  return new Set(texts.flatMap((text) => (text.match(/sha256:[0-9a-f]{64}/g) ?? []) as Digest[]));
};

type ObjectFile = { path: string; bytes: number; ageMs: number };

const objectFiles = async (root: string, nowMs: number): Promise<Map<Digest, ObjectFile>> => {
  const files = new Map<Digest, ObjectFile>();
  for (const prefix of await readdir(root).catch(() => [])) {
    for (const rest of await readdir(join(root, prefix))) {
      if (!/^[0-9a-f]{62}$/.test(rest)) continue;
      const path = join(root, prefix, rest);
      const { size, mtimeMs } = await stat(path);
      files.set(`sha256:${prefix}${rest}`, { path, bytes: size, ageMs: nowMs - mtimeMs });
    }
  }
  return files;
};

/**
 * Removes objects that no seal refers to and no retry may need. A campaign that has not ended may need any of them, so
 * each must have ended or be named in `abandoned`; what an abandoned one has sealed stays, and is all that does. @throws InputError that names those that have not
 */
export const collectGarbage = async (
  stateDir: string,
  { abandoned, nowMs = Date.now() }: { abandoned: readonly string[]; nowMs?: number },
): Promise<{ objects: number; bytes: number }> => {
  const { campaigns, loose } = await storeUse(stateDir, { nowMs, abandoned });
  const going = campaigns.filter(({ ended, campaign }) => !ended && !abandoned.includes(campaign));
  if (going.length > 0) {
    const names = going.map(({ campaign }) => campaign).join(', ');
    throw new InputError(`${names}: not ended, and may need what no seal refers to yet; --abandon ID gives one up`);
  }
  // Given up for good: their notes of what a retry may need must not outlive what they name.
  for (const campaign of abandoned)
    if (campaigns.some((one) => one.campaign === campaign)) await forgetKept(stateDir, campaign);
  const removable = loose.filter(({ ageMs }) => ageMs > graceMs);
  for (const { path } of removable) await rm(path);
  return { objects: removable.length, bytes: removable.reduce((sum, { bytes }) => sum + bytes, 0) };
};
