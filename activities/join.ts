import type { RowsRef } from '../contract/digest.js';
import type { Deps } from './deps.js';
import { putRowBytes } from './rows.js';

/** Joins row objects, in order, into one. */
export const join = async (deps: Deps, { parts }: { parts: RowsRef[] }): Promise<RowsRef> => {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const bytes = await Promise.all(parts.map((part) => deps.store.get(part.digest)));
  return await putRowBytes(deps.store, Buffer.concat(bytes));
};
