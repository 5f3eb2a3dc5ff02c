import type { Command } from 'commander';
import { addControl } from '../control-command.js';

export const register = (program: Command): void => {
  addControl<{ afterRound?: boolean; reason?: string }>(
    program.command('stop').description('end a campaign early and seal what it has; without --after-round at once'),
    {
      ask: (controls, options) =>
        controls.stop({
          afterRound: options.afterRound ?? false,
          ...(options.reason !== undefined && { reason: options.reason }),
        }),
      say: (options) => (options.afterRound ? 'ends after the round under way' : 'ends now; what was sealed stays'),
    },
  )
    .option('--after-round', 'let the round under way finish, then score the best model')
    .option('--reason <text>', 'why, for the record');
};
