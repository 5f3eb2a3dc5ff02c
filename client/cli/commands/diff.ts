import { resolve } from 'node:path';
import type { Command } from 'commander';
import { diffCampaigns } from '../../diff/diff.js';
import { diffLines } from '../diff-lines.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

export const register = (program: Command): void => {
  program
    .command('diff')
    .description('two campaigns compared from their records: configuration, data, code, outcomes; needs no server')
    .argument('<a>', 'a campaign: its id or the beginning of one')
    .argument('<b>', 'another; import brings one from elsewhere')
    .option('--state-dir <dir>', 'where campaigns lie', '.nextune')
    .option('--json', 'as JSON')
    .action(runAction(diff));
};

const diff = async (a: string, b: string, options: { stateDir: string; json?: boolean }): Promise<number> => {
  const found = await diffCampaigns(resolve(options.stateDir), { a, b });
  if (options.json) printJson(found);
  else for (const line of diffLines(found)) print(line);
  return exitStatus.ok;
};
