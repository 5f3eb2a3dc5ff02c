import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestLog } from '../../activities/ports.js';
import type { Digest } from '../../contract/digest.js';
import { explainFull, refuseWithoutRoom } from './full-disk.js';

const askedAgain = '.again';
const blank = '.blank';

/**
 * An empty file for each request that is out: `dir/CAMPAIGN/requests/KEY`, and `KEY.again` for one that was asked again though it
 * was still noted. They are not synced: a note outlives its process, and after a power cut the count is a lower bound.
 */
export const openFolderRequests = (dir: string): RequestLog => {
  const folderOf = (campaign: string): string => join(dir, campaign, 'requests');
  const nameOf = (key: Digest): string => key.slice('sha256:'.length);
  const pathOf = (campaign: string, key: Digest): string => join(folderOf(campaign), nameOf(key));
  return {
    async sent(campaign, key) {
      const folder = folderOf(campaign);
      refuseWithoutRoom(folder);
      try {
        if (!note(folder, nameOf(key))) note(folder, `${nameOf(key)}${askedAgain}`);
      } catch (error) {
        throw explainFull(folder, error);
      }
    },
    async settled(campaign, key) {
      ifThere(() => unlinkSync(pathOf(campaign, key)));
    },
    async isOut(campaign, key) {
      return existsSync(pathOf(campaign, key));
    },
    async count(campaign) {
      const names = (await readdir(folderOf(campaign)).catch(() => [])).filter((name) => !name.startsWith(blank));
      const again = names.filter((name) => name.endsWith(askedAgain)).length;
      return { unsettled: names.length - again, askedAgain: again };
    },
  };
};

/**
 * False where it is there already. A note is one more name of a blank file: to find an inode for a new one takes ext4 half
 * a millisecond where hundreds a second were just deleted, and a name needs none. Nor is it awaited on a file thread:
 * there it would stand in line behind the ledger's syncs.
 */
const note = (folder: string, name: string): boolean => {
  const path = join(folder, name);
  try {
    linkSync(join(folder, blank), path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT' && code !== 'EMLINK') throw error;
  }
  mkdirSync(folder, { recursive: true });
  renewBlank(folder);
  return note(folder, name);
};

/** The first note of a folder needs one; so does the one after 65,000, where ext4 gives a file no more names. */
const renewBlank = (folder: string): void => {
  const fresh = join(folder, `${blank}.${randomUUID()}`);
  writeFileSync(fresh, '', { flag: 'wx', mode: 0o600 });
  renameSync(fresh, join(folder, blank));
};

const ifThere = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};
