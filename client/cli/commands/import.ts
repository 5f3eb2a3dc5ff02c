import type { Command } from 'commander';
import { importBundle } from '../../bundle/import.js';
import { readKeyFile } from '../key-file.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

export const register = (program: Command): void => {
  program
    .command('import')
    .description('take the campaign of an exported bundle in, once all of it verifies')
    .argument('<bundle>', 'a folder that export made')
    .option('--state-dir <dir>', 'where it goes', '.nextune')
    .option('--key <pem>', 'the public key that must have signed, which you trust from elsewhere')
    .option('--json', 'as JSON')
    .action(runAction(run));
};

const run = async (bundle: string, options: { stateDir: string; key?: string; json?: boolean }): Promise<number> => {
  const key = options.key === undefined ? undefined : await readKeyFile(options.key);
  const imported = await importBundle(bundle, options.stateDir, key);
  if (options.json) printJson(imported);
  else print(`campaign ${imported.campaign}: verified, and ${imported.objects} objects taken in`);
  return exitStatus.ok;
};
