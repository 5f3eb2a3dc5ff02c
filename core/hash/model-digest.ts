import type { Digest } from '../../contract/digest.js';
import { digestOfValue } from './digest.js';

/** What the ledger knows a model by: its base, or base and adapter, so that either makes it another. */
export const modelDigest = (base: string, adapter: Digest | undefined): string =>
  adapter === undefined ? base : digestOfValue({ base, tree: adapter });
