import { dirname } from 'node:path';
import { type Engine, findEngine } from 'nsjail-wrapper';
import { NextuneFailure } from '../../contract/failures.js';
import { pythonEnv } from '../paths.js';

/** The nsjail of this installation: NEXTUNE_NSJAIL, else PATH, else the wheel. @throws NextuneFailure sandboxBroken */
export const nsjailEngine = (): Engine => {
  const configured = process.env.NEXTUNE_NSJAIL;
  const engine = findEngine('nsjail', { configured, pythonEnvironments: [dirname(dirname(pythonEnv()))] });
  if (engine !== undefined) return engine;
  throw new NextuneFailure(
    'sandboxBroken',
    configured
      ? `NEXTUNE_NSJAIL names ${configured}, which is not an executable file`
      : 'nsjail was not found: run `npm run bootstrap`, or set NEXTUNE_NSJAIL to its path',
  );
};
