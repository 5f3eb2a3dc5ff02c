import { exitStatus, printError } from './output.js';

/** What a shell reports of a program that SIGPIPE ended: 128 and the signal's number. Node itself ignores the signal. */
const endedByPipe = 141;

/** EPIPE of a pipe; a socket whose reader left with something unread says ECONNRESET. */
const hasNoReader = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'ECONNRESET';

/**
 * Ends this process without a word once whoever read its output has gone (`| head -1`), as other tools end; an output that can't
 * be written for another reason, such as a full disk, is said and exits 1.
 */
export const endWithReader = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (hasNoReader(error)) process.exit(endedByPipe);
      if (stream === process.stdout) printError(`nextune: the output can't be written: ${error.message}`);
      process.exit(exitStatus.failure);
    });
  }
};
