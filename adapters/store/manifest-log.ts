import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ManifestEntry, ManifestLog } from '../../activities/ports.js';
import { digestSchema } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { writeDurably } from './write-durably.js';

export const manifestEntrySchema = z.object({
  kind: z.enum(['base', 'round', 'campaign']),
  round: z.int().nonnegative(),
  manifest: digestSchema,
});
const entriesSchema = z.array(manifestEntrySchema);

/** One file a campaign: `dir/CAMPAIGN/manifests.json`, written whole at each seal. */
export const openManifestLog = (dir: string): ManifestLog => {
  const pathOf = (campaign: string): string => join(dir, campaign, 'manifests.json');
  const list = (campaign: string): Promise<ManifestEntry[]> => readEntries(pathOf(campaign));
  return {
    list,
    async append(campaign, entry) {
      const entries = await list(campaign);
      if (entries.some((known) => known.manifest === entry.manifest)) return;
      await writeDurably(pathOf(campaign), `${JSON.stringify([...entries, entry], null, 2)}\n`);
    },
    async campaigns() {
      const found = await readdir(dir, { withFileTypes: true }).catch(() => []);
      return found.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    },
  };
};

const readEntries = async (path: string): Promise<ManifestEntry[]> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  try {
    return entriesSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NextuneFailure('storeCorrupt', `${path} is no list of manifests: restore it from a copy`, { cause });
  }
};
