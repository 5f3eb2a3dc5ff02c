import type { Command } from 'commander';
import { addControl } from '../control-command.js';

export const register = (program: Command): void => {
  addControl<{ note?: string }>(
    program.command('approve').description('let a round start that waits for an approval'),
    {
      ask: (controls, options) => controls.approve(options.note === undefined ? {} : { note: options.note }),
      say: () => 'approved; it goes on',
    },
  ).option('--note <text>', 'why, for the record');
};
