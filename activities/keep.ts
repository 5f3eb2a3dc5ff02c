import type { RoundKept } from '../contract/campaign.js';
import type { Digest } from '../contract/digest.js';
import { NextuneFailure } from '../contract/failures.js';
import { canonicalJson } from '../core/canonical-json.js';
import type { Deps } from './deps.js';

interface KeepArgs {
  /** Absent where a campaign that is older than the log of kept objects asks. */
  campaign?: string;
  kept: RoundKept;
}

/** Stores what a round's steps made, references and counts, so that the round can be run again from a later step. */
export const keep = (deps: Deps, { campaign, kept }: KeepArgs): Promise<Digest> => keepForLater(deps, campaign, kept);

/** Stores a value with what it refers to counted as in use, though no manifest may ever name it (nextune gc). */
export const keepForLater = async (
  { store, kept }: Pick<Deps, 'store' | 'kept'>,
  campaign: string | undefined,
  value: unknown,
): Promise<Digest> => {
  const object = await store.put(canonicalJson(value));
  if (campaign !== undefined) await kept.add(campaign, object);
  return object;
};

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
