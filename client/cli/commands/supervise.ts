import type { Command } from 'commander';
import { nextuneComponents } from '../../../adapters/supervisor/components.js';
import { supervise } from '../../../adapters/supervisor/supervise.js';
import { runAction } from '../output.js';

/** What `up` runs in the background, in the foreground: for a service manager that wants to be the parent. */
export const register = (program: Command): void => {
  program
    .command('supervise', { hidden: true })
    .description('run the supervisor in the foreground, with what the last `up` asked for')
    .option('--state-dir <dir>', 'where all state is kept', '.nextune')
    .action(runAction(({ stateDir }: { stateDir: string }) => supervise(stateDir, nextuneComponents)));
};
