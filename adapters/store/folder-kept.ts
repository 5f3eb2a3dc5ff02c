import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptLog } from '../../activities/ports.js';
import { digestSchema } from '../../contract/digest.js';
import { writeOnceDurably } from './write-durably.js';

/** An empty file an object: `dir/CAMPAIGN/kept/HEX`. */
export const openFolderKept = (dir: string): KeptLog => ({
  async add(campaign, object) {
    await writeOnceDurably(join(dir, campaign, 'kept', object.slice('sha256:'.length)), '');
  },
  async list(campaign) {
    const names = await readdir(join(dir, campaign, 'kept')).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.map((name) => digestSchema.safeParse(`sha256:${name}`)).flatMap(({ data }) => (data ? [data] : []));
  },
});
