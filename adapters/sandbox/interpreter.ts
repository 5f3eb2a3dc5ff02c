import { execFile } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { JailMount } from 'nsjail-wrapper';
import { NextuneFailure } from '../../contract/failures.js';
import { pythonEnv } from '../paths.js';

/** The Python that runs inside jails: its path, its version, and the host paths it needs, all read-only. */
export interface JailPython {
  path: string;
  /** As `3.11.2`. */
  version: string;
  mounts: JailMount[];
  /** Where the loader finds a shared libpython: the jail has no ld.so.cache. */
  environment: Record<string, string>;
}

const oldestMinor = 10;
const describe = 'import json,sys;print(json.dumps([sys.version_info[:3],sys.base_prefix,sys.executable]))';

/** Root's jails run as another user, for whom every folder on the way must be open; a user's own jails run as that user. */
const isReachable = (path: string): boolean => {
  if ((process.getuid?.() ?? 0) !== 0) return true;
  for (let dir = path; ; dir = dirname(dir)) {
    if ((statSync(dir).mode & 0o001) === 0) return false;
    if (dir === '/') return true;
  }
};

const libraryDirs = ['/lib', '/lib64', '/usr/lib', '/usr/lib64'];

const mountsFor = (executable: string, prefix: string): JailMount[] => {
  const own = prefix === '/usr' ? [] : [join(prefix, 'lib')];
  const dirs = [...libraryDirs, ...own].filter((dir) => existsSync(dir));
  return [...dirs, executable].map((source) => ({ kind: 'bind', source, writable: false }));
};

const inspect = async (path: string): Promise<JailPython | string> => {
  try {
    const { stdout } = await promisify(execFile)(path, ['-I', '-S', '-c', describe], { timeout: 10_000 });
    const [version, prefix, executable] = JSON.parse(stdout) as [[number, number, number], string, string];
    if (version[0] !== 3 || version[1] < oldestMinor) return `${path} is Python ${version.join('.')}`;
    const real = realpathSync(executable);
    if (!isReachable(real)) return `${real} lies under a folder that only its owner may enter`;
    const home = realpathSync(prefix);
    const environment: Record<string, string> = home === '/usr' ? {} : { LD_LIBRARY_PATH: join(home, 'lib') };
    return { path: real, version: version.join('.'), mounts: mountsFor(real, home), environment };
  } catch {
    return `${path} does not run`;
  }
};

let found: Promise<JailPython> | undefined;

const search = async (): Promise<JailPython> => {
  const named = process.env.NEXTUNE_SANDBOX_PYTHON;
  const onPath = (process.env.PATH ?? '').split(':').map((dir) => join(dir, 'python3'));
  const candidates = named ? [named] : ['/usr/bin/python3', '/usr/local/bin/python3', ...onPath, pythonEnv()];
  const reasons: string[] = [];
  for (const path of new Set(candidates.filter((candidate) => existsSync(candidate)))) {
    const answer = await inspect(path);
    if (typeof answer !== 'string') return answer;
    reasons.push(answer);
  }
  throw new NextuneFailure(
    'sandboxBroken',
    `no Python 3.${oldestMinor} or newer that a jail can use (${reasons.join('; ') || 'none found'}): ` +
      'install one in /usr/bin, or name one in NEXTUNE_SANDBOX_PYTHON',
  );
};

/**
 * The interpreter for jailed Python, found once a process. Standard library only: start it with `-I -S`.
 * @throws NextuneFailure sandboxBroken when none is new enough and reachable.
 */
export const findJailPython = (): Promise<JailPython> => {
  found ??= search();
  return found;
};
