import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { failureTypes, fullDiskMessage, InputError, isFullDisk, NextuneFailure } from '../contract/failures.js';

/** The one place where an error of ours becomes a failure that Temporal carries, with its type and retry decision. */
export const toTemporalFailure = (error: unknown): unknown => {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof NextuneFailure) return fromNextune(error);
  if (error instanceof InputError) {
    const { type } = failureTypes.dataInvalid;
    return ApplicationFailure.create({ message: error.message, type, nonRetryable: true, cause: error });
  }
  return error instanceof Error && isFullDisk(error) ? fromFullDisk(error) : error;
};

/** Work folders too are written to; the adapters of the store say so themselves. */
const fromFullDisk = (cause: NodeJS.ErrnoException): ApplicationFailure => {
  return ApplicationFailure.create({
    message: fullDiskMessage(cause.path),
    type: failureTypes.storeUnavailable.type,
    nonRetryable: false,
    cause,
  });
};

const fromNextune = (error: NextuneFailure): ApplicationFailure => {
  const { type, retryable } = failureTypes[error.kind];
  return ApplicationFailure.create({
    message: error.message,
    type,
    nonRetryable: !retryable,
    cause: error,
    // Temporal takes a delay of 0 for no retry at all; an endpoint means at once, and gets the policy's own delay.
    ...(error.retryAfterMs && { nextRetryDelay: error.retryAfterMs }),
  });
};
