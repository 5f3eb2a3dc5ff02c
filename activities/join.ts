import type { RowsRef } from '../contract/digest.js';
import type { Deps } from './deps.js';

/** Joins row objects, in order, into one. */
export const join = async (deps: Deps, { parts }: { parts: RowsRef[] }): Promise<RowsRef> => {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const bytes = await Promise.all(parts.map((part) => deps.store.get(part.digest)));
  return {
    digest: await deps.store.put(Buffer.concat(bytes)),
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
  };
};
