import { Command } from 'commander';
import { exitStatus } from './output.js';

/** Builds the whole command line. A command is listed only once it works. */
export const buildProgram = (): Command => {
  const program = new Command('nextune')
    .description('Durable NExT campaigns: self-training of code models with execution feedback')
    .version('0.1.0')
    .showHelpAfterError('(add --help for usage)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? exitStatus.ok : exitStatus.usage);
    });
  return program;
};

export const main = async (argv: string[]): Promise<void> => {
  await buildProgram().parseAsync(argv);
};
