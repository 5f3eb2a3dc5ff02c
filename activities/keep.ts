import type { RoundKept } from '../contract/campaign.js';
import type { Digest } from '../contract/digest.js';
import { NextuneFailure } from '../contract/failures.js';
import { canonicalJson } from '../core/canonical-json.js';
import type { Deps } from './deps.js';

/** Stores what a round's steps made, references and counts, so that the round can be run again from a later step. */
export const keep = async (deps: Deps, { kept }: { kept: RoundKept }): Promise<Digest> =>
  await deps.store.put(canonicalJson(kept));

/** Reads it back. */
export const recall = async (deps: Deps, { object }: { object: Digest }): Promise<RoundKept> => {
  const text = (await deps.store.get(object)).toString('utf8');
  try {
    return JSON.parse(text) as RoundKept;
  } catch (cause) {
    throw new NextuneFailure('storeCorrupt', `object ${object} is no round's steps: retry the round --from sample`, {
      cause,
    });
  }
};
