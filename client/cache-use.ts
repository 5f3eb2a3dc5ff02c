import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of what is kept only to save time, by folder of the state: `verdicts` is bounded, `traces` is not. */
export type CacheUse = Record<'verdicts' | 'traces', number>;

const bytesUnder = async (dir: string): Promise<number> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  // A worker may rename or cut one meanwhile.
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

/** How much room verdicts and traces of earlier programs take: both folders can go, and what is missing is made again. */
export const cacheUse = async (stateDir: string): Promise<CacheUse> => ({
  verdicts: await bytesUnder(join(stateDir, 'verdicts')),
  traces: await bytesUnder(join(stateDir, 'traces')),
});
