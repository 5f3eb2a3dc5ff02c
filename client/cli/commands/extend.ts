import type { Command } from 'commander';
import { addControl } from '../control-command.js';
import { wholeNumber } from '../limit-options.js';

export const register = (program: Command): void => {
  const command = program.command('extend').description('add rounds to a campaign; one that is done goes on');
  addControl<{ rounds: number }>(command, {
    ask: (controls, { rounds }) => controls.extend({ rounds }),
    say: ({ rounds }, control) => `${rounds} more ${rounds === 1 ? 'round' : 'rounds'}, ${control.rounds} in all`,
  }).requiredOption('--rounds <n>', 'how many more', wholeNumber);
};
