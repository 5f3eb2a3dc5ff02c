import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isShared } from '../../adapters/store/open-storage.js';
import { InputError } from '../../contract/failures.js';

/** Where a record lies that stands alone, and whether it must hold what was sealed and nothing else. */
export interface OfflineRecord {
  stateDir: string;
  strict: boolean;
}

/**
 * A bundle's record, which holds nothing but what was sealed; or a copied state folder, which may also hold what its
 * campaigns had not sealed yet. @throws InputError for a state folder whose objects lie elsewhere
 */
export const openOffline = (dir: string): OfflineRecord => {
  const record = join(dir, 'record');
  if (existsSync(record)) return { stateDir: record, strict: true };
  refuseShared(dir);
  return { stateDir: dir, strict: existsSync(join(dir, '..', 'manifest.dsse.json')) };
};

/** @throws InputError for a state folder whose objects lie in a bucket */
export const refuseShared = (stateDir: string): void => {
  if (isShared(stateDir))
    throw new InputError(`${stateDir} keeps its objects in a bucket (store.json), so it does not stand alone`);
};
