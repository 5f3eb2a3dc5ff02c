import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RequestLog } from '../../activities/ports.js';
import type { Digest } from '../../contract/digest.js';

const askedAgain = '.again';

/**
 * A file for each request that is out: `dir/CAMPAIGN/requests/KEY`, and `KEY.again` for one that was asked again though it
 * was still noted. They are not synced: a note outlives its process, and after a power cut the count is a lower bound.
 */
export const openFolderRequests = (dir: string): RequestLog => {
  const folderOf = (campaign: string): string => join(dir, campaign, 'requests');
  const pathOf = (campaign: string, key: Digest): string => join(folderOf(campaign), key.slice('sha256:'.length));
  return {
    async sent(campaign, key) {
      if (!createEmpty(pathOf(campaign, key))) createEmpty(`${pathOf(campaign, key)}${askedAgain}`);
    },
    async settled(campaign, key) {
      rmSync(pathOf(campaign, key), { force: true });
    },
    async isOut(campaign, key) {
      return existsSync(pathOf(campaign, key));
    },
    async count(campaign) {
      const names = await readdir(folderOf(campaign)).catch(() => []);
      const again = names.filter((name) => name.endsWith(askedAgain)).length;
      return { unsettled: names.length - again, askedAgain: again };
    },
  };
};

/** False where it is there already. Not awaited on a file thread: there it would stand in line behind the ledger's syncs. */
const createEmpty = (path: string): boolean => {
  const create = (): true => {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  };
  try {
    return create();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return create();
  }
};
