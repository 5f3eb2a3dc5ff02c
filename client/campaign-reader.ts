import type { z } from 'zod';
import type { ManifestEntry, ObjectStore } from '../activities/ports.js';
import { getRows } from '../activities/rows.js';
import { openStorage } from '../adapters/store/open-storage.js';
import type { RowsRef } from '../contract/digest.js';
import type { Manifest } from '../contract/manifest.js';
import { countingSeals } from '../core/audit/counting.js';
import { readManifest } from '../core/hash/read-manifest.js';

export interface SealedRound {
  entry: ManifestEntry;
  manifest: Manifest;
}

/** Reads a campaign's record back from its folder, without any server. */
export interface CampaignReader {
  store: ObjectStore;
  /** The manifests that count, in order: the base, each round, the campaign's end. */
  sealed(campaign: string): Promise<SealedRound[]>;
  rows<Row>(ref: RowsRef, schema: z.ZodType<Row>): Promise<Row[]>;
}

export const openCampaignReader = (stateDir: string): CampaignReader => {
  const { store, manifests: log } = openStorage(stateDir);
  return {
    store,
    rows: (ref, schema) => getRows(store, ref, schema),
    async sealed(campaign) {
      const read = async (entry: ManifestEntry): Promise<SealedRound> => {
        const bytes = await store.get(entry.manifest);
        return { entry, manifest: readManifest(bytes).manifest };
      };
      return await Promise.all(countingSeals(await log.list(campaign)).map(read));
    },
  };
};
