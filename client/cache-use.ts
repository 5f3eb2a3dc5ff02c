import { join } from 'node:path';
import { folderBytes } from '../adapters/store/folder-bytes.js';

/** Bytes of what is kept only to save time, by folder of the state: `verdicts` is bounded, `traces` is not. */
export type CacheUse = Record<'verdicts' | 'traces', number>;

/** How much room verdicts and traces of earlier programs take: both folders can go, and what is missing is made again. */
export const cacheUse = async (stateDir: string): Promise<CacheUse> => ({
  verdicts: (await folderBytes(join(stateDir, 'verdicts'))).content,
  traces: (await folderBytes(join(stateDir, 'traces'))).content,
});
