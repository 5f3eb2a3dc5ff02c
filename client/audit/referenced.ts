import type { ObjectStore } from '../../activities/ports.js';
import { openStorage } from '../../adapters/store/open-storage.js';
import type { Digest } from '../../contract/digest.js';
import { isUnreachable } from '../../contract/failures.js';
import { treeSchema } from '../../contract/rows.js';
import { referencesOf } from '../../core/audit/references.js';
import { readManifest } from '../../core/hash/read-manifest.js';

/**
 * Every object that a campaign's seals refer to: manifests, what they name, and the files of adapters. A manifest that
 * can't be read is named all the same. `onUnreadable` hears of it: what it refers to is then unknown.
 * @throws NextuneFailure storeUnavailable where the store can't be reached
 */
export const objectsOf = async (
  stateDir: string,
  store: ObjectStore,
  campaign: string,
  onUnreadable: (object: Digest, error: unknown) => void = () => undefined,
): Promise<Set<Digest>> => {
  const objects = new Set<Digest>();
  const adapters = new Set<Digest>();
  for (const { manifest } of await openStorage(stateDir).manifests.list(campaign)) {
    objects.add(manifest);
    try {
      for (const { digest, what } of referencesOf(readManifest(await store.get(manifest)).manifest)) {
        objects.add(digest);
        if (what === 'adapter') adapters.add(digest);
      }
    } catch (error) {
      if (isUnreachable(error)) throw error;
      onUnreadable(manifest, error);
    }
  }
  for (const adapter of adapters) {
    try {
      const { files } = treeSchema.parse(JSON.parse((await store.get(adapter)).toString('utf8')));
      for (const { digest } of files) objects.add(digest);
    } catch (error) {
      if (isUnreachable(error)) throw error;
      onUnreadable(adapter, error);
    }
  }
  return objects;
};
