import { NextuneFailure } from '../contract/failures.js';
import type { ModelRef } from '../contract/steps.js';
import { modelDigest } from '../core/hash/model-digest.js';
import type { ModelAnswer } from './ports.js';

/** A model as it is asked: its name, and what its answers are recorded under. */
export type AskedModel = Pick<ModelRef, 'model' | 'digest' | 'adapter'>;

/**
 * An engine that was brought up with another base, as after an upgrade, or over an adapter's folder that was changed, answers to the
 * same names: its answers must not be recorded as the model's that was asked.
 * @throws NextuneFailure modelUnknown where the adapter is another, which placing it anew mends; modelUnavailable where the
 * base is: it goes on once the campaign's own is served again
 */
export const refuseOtherModel = (
  { model, digest, adapter }: AskedModel,
  { baseDigest, adapterDigest }: ModelAnswer,
): void => {
  if (adapter !== undefined && adapterDigest !== undefined && adapterDigest !== adapter)
    throw new NextuneFailure('modelUnknown', `${model} is served from files that are not its own (${adapterDigest})`);
  if (baseDigest === undefined || modelDigest(baseDigest, adapter) === digest) return;
  throw new NextuneFailure(
    'modelUnavailable',
    `${model} is served over another base model (${baseDigest}) than this campaign began with: its answers are not recorded. ` +
      'Bring up the version of Nextune that the campaign began with, or start a new campaign',
  );
};
