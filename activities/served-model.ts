import type { Digest } from '../contract/digest.js';
import { NextuneFailure } from '../contract/failures.js';
import type { ModelRef } from '../contract/steps.js';
import { modelDigest } from '../core/hash/model-digest.js';
import type { ModelAnswer } from './ports.js';

/** A model as it is asked: its name, and what its answers are recorded under. */
export type AskedModel = Pick<ModelRef, 'model' | 'digest' | 'adapter'>;

/**
 * An engine that was brought up with another base, as after an upgrade, answers to the same names: its answers must not be
 * recorded as the model's that the campaign began with.
 * @throws NextuneFailure modelUnavailable: it goes on once the campaign's own base is served again
 */
export const refuseOtherModel = ({ model, digest, adapter }: AskedModel, { baseDigest }: ModelAnswer): void => {
  if (baseDigest === undefined || modelDigest(baseDigest, adapter as Digest | undefined) === digest) return;
  throw new NextuneFailure(
    'modelUnavailable',
    `${model} is served over another base model (${baseDigest}) than this campaign began with: its answers are not recorded. ` +
      'Bring up the version of Nextune that the campaign began with, or start a new campaign',
  );
};
