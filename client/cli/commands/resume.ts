import type { Command } from 'commander';
import { addControl } from '../control-command.js';

export const register = (program: Command): void => {
  addControl<Record<never, never>>(program.command('resume').description('go on with a campaign that is paused'), {
    ask: (controls) => controls.resume(),
    say: () => 'goes on',
  });
};
