import { InputError, isUnreachable } from '../../contract/failures.js';

/** Exit statuses people script against: 0 success, 1 a finding or a failure, 2 bad usage or input, 3 a service that can't be reached. */
export const exitStatus = { ok: 0, failure: 1, usage: 2, unreachable: 3 } as const;

export const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

export const printError = (line: string): void => {
  process.stderr.write(`${line}\n`);
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
