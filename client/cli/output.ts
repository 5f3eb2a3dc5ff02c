import { InputError } from '../../contract/failures.js';

/** Exit statuses people script against: 0 success, 1 a finding or a failure, 2 bad usage or input. */
export const exitStatus = { ok: 0, failure: 1, usage: 2 } as const;

export const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

export const printError = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** Runs a command's action; bad input ends with 2 and its message alone, anything else with 1 and its cause. */
export const runAction =
  <Args extends unknown[]>(action: (...args: Args) => Promise<number | undefined>) =>
  async (...args: Args): Promise<void> => {
    try {
      process.exitCode = (await action(...args)) ?? exitStatus.ok;
    } catch (error) {
      printError(`nextune: ${error instanceof Error ? error.message : String(error)}`);
      if (process.env.NEXTUNE_DEBUG && error instanceof Error) printError(error.stack ?? '');
      process.exitCode = error instanceof InputError ? exitStatus.usage : exitStatus.failure;
    }
  };
