import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ObjectStore } from '../../activities/ports.js';
import type { Digest } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { type Tree, treeSchema } from '../../contract/rows.js';
import { digestOf } from '../../core/hash/digest.js';

/** Lays a stored tree out as the folder `dir`, whole or not at all. What lies there and is no longer the tree makes way. */
export const materialiseTree = async (store: ObjectStore, tree: Digest, dir: string): Promise<void> => {
  const { files } = treeSchema.parse(JSON.parse((await store.get(tree)).toString('utf8')));
  if (await holds(dir, files)) return;
  const beside = (end: string): string => join(dirname(dir), `.${basename(dir)}.${randomUUID()}.${end}`);
  const temporary = beside('tmp');
  await mkdir(temporary, { recursive: true });
  for (const { path, digest } of files) {
    if (basename(path) !== path)
      throw new NextuneFailure('storeCorrupt', `tree ${tree} names a path outside itself: ${path}`);
    await writeFile(join(temporary, path), await store.get(digest), { flush: true });
  }
  const changed = beside('old');
  try {
    await rename(temporary, dir).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      // Laid out by another meanwhile, or changed since it was.
      if (await holds(dir, files)) return;
      await rename(dir, changed);
      await rename(temporary, dir);
    });
  } finally {
    for (const left of [temporary, changed]) await rm(left, { recursive: true, force: true });
  }
};

/** Whether a folder has just these files. */
const holds = async (dir: string, files: Tree['files']): Promise<boolean> => {
  const names = await readdir(dir).catch((): string[] => []);
  if (names.length !== files.length) return false;
  for (const { path, digest } of files) {
    const bytes = names.includes(path) ? await readFile(join(dir, path)) : undefined;
    if (bytes === undefined || digestOf(bytes) !== digest) return false;
  }
  return true;
};
