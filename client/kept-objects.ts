import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../activities/ports.js';
import { openStorage } from '../adapters/store/open-storage.js';
import type { Digest } from '../contract/digest.js';
import { treeSchema } from '../contract/rows.js';

const digestsIn = (text: string, pattern: RegExp): Digest[] =>
  [...text.matchAll(pattern)].map(([, digest]) => digest as Digest);

/**
 * Every object that a campaign may go on with though no seal names it: what the steps of each attempt made, sealed or cut
 * short, for nextune retry, and the splits that are scored at the end. `onUnreadable` hears of one that can't be read.
 */
export const keptObjects = async (
  stateDir: string,
  store: ObjectStore,
  campaign: string,
  onUnreadable: (object: Digest, error: unknown) => void,
): Promise<Set<Digest>> => {
  const objects = new Set<Digest>();
  for (const kept of await openStorage(stateDir).kept.list(campaign)) {
    objects.add(kept);
    try {
      const text = (await store.get(kept)).toString('utf8');
      for (const digest of digestsIn(text, /"(sha256:[0-9a-f]{64})"/g)) objects.add(digest);
      for (const adapter of digestsIn(text, /"adapter":"(sha256:[0-9a-f]{64})"/g)) {
        const { files } = treeSchema.parse(JSON.parse((await store.get(adapter)).toString('utf8')));
        for (const { digest } of files) objects.add(digest);
      }
    } catch (error) {
      onUnreadable(kept, error);
    }
  }
  return objects;
};

/** For a campaign that is given up, in a folder: nothing of it is kept for a retry any more. */
export const forgetKept = (stateDir: string, campaign: string): Promise<void> =>
  rm(join(stateDir, 'campaigns', campaign, 'kept'), { recursive: true, force: true });
