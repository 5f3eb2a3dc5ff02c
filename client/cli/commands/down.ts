import type { Command } from 'commander';
import { bringDown, type Ended } from '../../../adapters/supervisor/down.js';
import { print, printJson, runAction } from '../output.js';

const printEnded = ({ wasUp, components, leftovers }: Ended): void => {
  for (const { pid, command } of leftovers) print(`ended process ${pid}, which an earlier run left behind: ${command}`);
  if (wasUp) print(`ended ${['supervisor', ...components].join(', ')}; nothing is left running`);
  else if (leftovers.length === 0) print('nothing was up');
};

const down = async ({ stateDir, json }: { stateDir: string; json?: boolean }): Promise<number> => {
  const ended = await bringDown(stateDir);
  if (json) printJson(ended);
  else printEnded(ended);
  return 0;
};

export const register = (program: Command): void => {
  program
    .command('down')
    .description('end what `up` started, and check that nothing is left running; campaigns go on after the next `up`')
    .option('--state-dir <dir>', 'where all state is kept', '.nextune')
    .option('--json', 'print what was ended as JSON')
    .action(runAction(down));
};
