import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../contract/digest.js';
import type { Tree } from '../contract/rows.js';
import { canonicalJson } from '../core/canonical-json.js';
import type { ObjectStore } from './ports.js';

/** Stores a flat folder's files and the list of them; returns the list's digest, equal for equal files. */
export const putTree = async (store: ObjectStore, dir: string): Promise<Digest> => {
  const names = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
  const files: Tree['files'] = [];
  for (const name of names.sort()) {
    const path = join(dir, name);
    files.push({ path: name, digest: await store.putFile(path), bytes: (await stat(path)).size });
  }
  return await store.put(canonicalJson({ files }));
};
