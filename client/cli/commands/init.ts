import { relative } from 'node:path';
import type { Command } from 'commander';
import { initFolder } from '../../../adapters/config/init-folder.js';
import { print, printJson, runAction } from '../output.js';

const init = async (dir: string, { json }: { json?: boolean }): Promise<number> => {
  const written = await initFolder(dir);
  if (json) {
    printJson({ written });
    return 0;
  }
  for (const path of written) print(`wrote ${path}`);
  print();
  print('Next:');
  print('  npx nextune doctor                  is everything there that a campaign needs?');
  print(`  npx nextune run ${relative('.', written[0] ?? '').padEnd(19)} start it`);
  return 0;
};

export const register = (program: Command): void => {
  program
    .command('init')
    .description('write a commented nextune.yaml with its JSON schema, and the starter tasks')
    .argument('[dir]', 'the folder to write them into', '.')
    .option('--json', 'print the paths written as JSON')
    .action(runAction(init));
};
