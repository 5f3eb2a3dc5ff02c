import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const isRoot = (dir: string): boolean => {
  const file = join(dir, 'package.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'nextune';
};

/** The folder of this package: the same from source (tests) and from dist/ (the built program). */
export const packageRoot = (): string => {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!isRoot(dir)) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`no package.json of nextune above ${fileURLToPath(import.meta.url)}`);
    dir = parent;
  }
  return dir;
};

/** A file that ships with the package, such as `python/…` or `starter/…`. */
export const resourcePath = (...parts: string[]): string => join(packageRoot(), ...parts);

/** The interpreter of the environment that bootstrap makes, with the locked packages in it. */
export const pythonEnv = (): string => process.env.NEXTUNE_PYTHON ?? resourcePath('.venv', 'bin', 'python');
