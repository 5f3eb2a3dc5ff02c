import { InputError, isUnreachable } from '../../contract/failures.js';
import { withUnseenWrittenOut } from '../../core/unseen.js';

/** Exit statuses people script against: 0 success, 1 a finding or a failure, 2 bad usage or input, 3 a service that can't be reached. */
export const exitStatus = { ok: 0, failure: 1, usage: 2, unreachable: 3 } as const;

const escapeSign = '\u001b';
/** Colours as we set them ourselves: all else that starts with an escape is somebody's text. */
const ownColours = new RegExp(`(${escapeSign}\\[\\d{0,2}m)`);

/** A line for a stream: where a person looks at it, programs and answers can't move the cursor or hide text by what they hold. */
export const lineFor = (stream: { isTTY?: boolean }, line: string): string => {
  if (stream.isTTY !== true) return `${line}\n`;
  const shown = line.split(ownColours).map((part, at) => (at % 2 === 1 ? part : withUnseenWrittenOut(part)));
  return `${shown.join('')}\n`;
};

export const print = (line = ''): void => {
  process.stdout.write(lineFor(process.stdout, line));
};

export const printError = (line: string): void => {
  process.stderr.write(lineFor(process.stderr, line));
};

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** Runs a command's action; bad input ends with 2, a service out of reach with 3, anything else with 1. */
export const runAction =
  <Args extends unknown[]>(action: (...args: Args) => Promise<number | undefined>) =>
  async (...args: Args): Promise<void> => {
    try {
      process.exitCode = (await action(...args)) ?? exitStatus.ok;
    } catch (error) {
      printError(`nextune: ${error instanceof Error ? error.message : String(error)}`);
      if (process.env.NEXTUNE_DEBUG && error instanceof Error) printError(error.stack ?? '');
      process.exitCode = statusOf(error);
    }
  };

const statusOf = (error: unknown): number => {
  if (error instanceof InputError) return exitStatus.usage;
  return isUnreachable(error) ? exitStatus.unreachable : exitStatus.failure;
};
