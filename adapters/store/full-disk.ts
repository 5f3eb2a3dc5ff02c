import { statfsSync } from 'node:fs';
import { fullDiskMessage, isFullDisk, NextuneFailure } from '../../contract/failures.js';

const noRoom = (path: string, cause: unknown): NextuneFailure =>
  new NextuneFailure('storeUnavailable', fullDiskMessage(path), { cause });

/** An error as the world sees it: that of a full disk or a spent quota becomes a failure that is retried, and says so. */
export const explainFull = (path: string, error: unknown): unknown => (isFullDisk(error) ? noRoom(path, error) : error);

export const explainingFull = async <Result>(path: string, write: () => Promise<Result>): Promise<Result> => {
  try {
    return await write();
  } catch (error) {
    throw explainFull(path, error);
  }
};

/** Room for the answers of all requests that may be in flight. */
const leastBytes = 8 << 20;

/** An answer that can't be recorded would be paid for again at every retry, so nothing is asked on a disk this full. */
export const refuseWithoutRoom = (folder: string, leastFree = leastBytes): void => {
  let free: bigint;
  try {
    const { bavail, bsize } = statfsSync(folder, { bigint: true });
    free = bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (free < BigInt(leastFree)) throw noRoom(folder, undefined);
};
