import type { Command } from 'commander';
import { addControl } from '../control-command.js';

export const register = (program: Command): void => {
  const command = program.command('cancel').description('end a campaign and all its work now, without sealing an end');
  addControl(command, {
    ask: (controls) => controls.cancel(),
    say: () => 'cancelled; what was sealed and answered stays, and nextune run takes it from there',
  });
};
