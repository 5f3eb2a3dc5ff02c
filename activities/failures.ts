import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { failureTypes, InputError, NextuneFailure } from '../contract/failures.js';

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

const isFullDisk = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOSPC' || code === 'EDQUOT';

/** Work folders too are written to; the adapters of the store say so themselves. */
const fromFullDisk = (cause: NodeJS.ErrnoException): ApplicationFailure => {
  const message = `no space left on the disk${cause.path ? ` to write ${cause.path}` : ''}: make room; it goes on by itself then`;
  return ApplicationFailure.create({ message, type: failureTypes.storeUnavailable.type, nonRetryable: false, cause });
};

const fromNextune = (error: NextuneFailure): ApplicationFailure => {
  const { type, retryable } = failureTypes[error.kind];
  return ApplicationFailure.create({
    message: error.message,
    type,
    nonRetryable: !retryable,
    cause: error,
    ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
  });
};
