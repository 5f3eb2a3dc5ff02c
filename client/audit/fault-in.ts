import { isUnreachable } from '../../contract/failures.js';

/**
 * What is wrong with a part of the record, by the error of reading it, in one line.
 * @throws the error itself where a store can't be reached: that is no fault of the record, and proves nothing of it
 */
export const faultIn = (error: unknown): string => {
  if (isUnreachable(error)) throw error;
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 300);
};
