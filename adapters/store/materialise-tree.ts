import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ObjectStore } from '../../activities/ports.js';
import type { Digest } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { treeSchema } from '../../contract/rows.js';

/** Lays a stored tree out as the folder `dir`: whole or not at all, and only once. */
export const materialiseTree = async (store: ObjectStore, tree: Digest, dir: string): Promise<void> => {
  const there = await access(dir).then(
    () => true,
    () => false,
  );
  if (there) return;
  const { files } = treeSchema.parse(JSON.parse((await store.get(tree)).toString('utf8')));
  const temporary = join(dirname(dir), `.${basename(dir)}.${randomUUID()}.tmp`);
  await mkdir(temporary, { recursive: true });
  for (const { path, digest } of files) {
    if (basename(path) !== path)
      throw new NextuneFailure('storeCorrupt', `tree ${tree} names a path outside itself: ${path}`);
    await writeFile(join(temporary, path), await store.get(digest), { flush: true });
  }
  await rename(temporary, dir).catch(async (error: NodeJS.ErrnoException) => {
    await rm(temporary, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
};
