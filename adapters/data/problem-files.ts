import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../contract/failures.js';

const isTaskFile = (name: string): boolean => /\.jsonl(\.gz)?$/.test(name) && !name.startsWith('.');

/** Whether a folder is there under this name. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );

/** The task files that paths name: files as they are, folders by the `.jsonl` and `.jsonl.gz` in them, by name. */
export const taskFilesOf = async (paths: readonly string[]): Promise<string[]> => {
  const found = await Promise.all(
    paths.map(async (path) => {
      if (!(await isFolder(path))) return [path];
      const names = (await readdir(path)).filter(isTaskFile).sort();
      if (names.length === 0) throw new InputError(`${path}: no .jsonl file in this folder`);
      return names.map((name) => join(path, name));
    }),
  );
  return found.flat();
};
