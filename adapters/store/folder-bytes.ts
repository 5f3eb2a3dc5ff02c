import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Unit of `blocks` in stat(2). */
const blockBytes = 512;

/** What a folder holds: bytes of its files, and what files and folders take on disk in whole blocks, as `du` counts them. */
export const folderBytes = async (dir: string): Promise<{ content: number; onDisk: number }> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    // A worker may rename or cut one meanwhile.
    entries.map((entry) => stat(join(entry.parentPath ?? entry.path, entry.name)).catch(() => undefined)),
  );
  const sum = { content: 0, onDisk: 0 };
  for (const one of found) {
    if (one?.isFile()) sum.content += one.size;
    sum.onDisk += (one?.blocks ?? 0) * blockBytes;
  }
  return sum;
};
