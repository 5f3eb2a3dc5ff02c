import { access, mkdir, open, readdir, rm } from 'node:fs/promises';
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
      if (!(await createEmpty(pathOf(campaign, key)))) await createEmpty(`${pathOf(campaign, key)}${askedAgain}`);
    },
    settled: (campaign, key) => rm(pathOf(campaign, key), { force: true }),
    isOut: (campaign, key) =>
      access(pathOf(campaign, key)).then(
        () => true,
        () => false,
      ),
    async count(campaign) {
      const names = await readdir(folderOf(campaign)).catch(() => []);
      const again = names.filter((name) => name.endsWith(askedAgain)).length;
      return { unsettled: names.length - again, askedAgain: again };
    },
  };
};

/** False where it is there already. */
const createEmpty = async (path: string): Promise<boolean> => {
  const create = async (): Promise<true> => {
    const file = await open(path, 'wx', 0o600);
    await file.close();
    return true;
  };
  return await create().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return false;
    if (error.code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return await create();
  });
};
