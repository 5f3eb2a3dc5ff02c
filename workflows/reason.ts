import { ApplicationFailure } from '@temporalio/workflow';

/** A failure's own words, with what to do: those around it say which step carried it, those below it what the machine said. */
export const reasonOf = (failure: Error): string => {
  let cause = failure;
  while (!(cause instanceof ApplicationFailure) && cause.cause instanceof Error) cause = cause.cause;
  return cause.message;
};
