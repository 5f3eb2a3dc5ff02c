import type { Command } from 'commander';
import { addControl } from '../control-command.js';

export const register = (program: Command): void => {
  addControl<{ now?: boolean; reason?: string }>(
    program.command('pause').description('let nothing new start; work in flight finishes'),
    {
      ask: (controls, options) =>
        controls.pause({ now: options.now ?? false, ...(options.reason !== undefined && { reason: options.reason }) }),
      say: (options) =>
        `paused${options.now ? '; work in flight is cut off' : '; work in flight finishes'}; nextune resume goes on`,
    },
  )
    .option('--now', 'cut work in flight off too; what was answered is kept, an answer under way is lost')
    .option('--reason <text>', 'why, for the record');
};
