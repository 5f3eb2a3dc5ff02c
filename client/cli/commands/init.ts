import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { ensureSealKey, publicKeyPath, sealKeyPath } from '../../../adapters/audit/seal-key.js';
import { initFolder } from '../../../adapters/config/init-folder.js';
import { print, printJson, runAction } from '../output.js';

/** Where a configuration keeps its state that names no other `store.dir`. */
const defaultStateDir = '.nextune';

const init = async (dir: string, { json }: { json?: boolean }): Promise<number> => {
  const written = await initFolder(dir);
  const stateDir = join(dir, defaultStateDir);
  const keyThere = existsSync(sealKeyPath(stateDir));
  await ensureSealKey(stateDir);
  const key = { private: sealKeyPath(stateDir), public: publicKeyPath(stateDir) };
  if (json) {
    printJson({ written, key });
    return 0;
  }
  for (const path of written) print(`wrote ${path}`);
  print(`${keyThere ? 'kept the' : 'made a'} signing key ${key.private}, public half ${key.public}`);
  print('  Back up the folder of keys, and give the public half to those who check your records: without the key');
  print('  nothing more is sealed, and who has it can sign in your name. It is never overwritten, and never exported.');
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
