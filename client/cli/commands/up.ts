import { type Command, Option } from 'commander';
import { lastAddress, type Runtime, readRuntime } from '../../../adapters/supervisor/runtime.js';
import type { ComponentName } from '../../../adapters/supervisor/state.js';
import { ensureUp } from '../../../adapters/supervisor/up.js';
import { print, printJson, runAction } from '../output.js';

interface UpOptions {
  stateDir: string;
  without: ComponentName[];
  temporal?: string;
  json?: boolean;
}

const embedded = 'embedded';
const allComponents: ComponentName[] = ['temporal', 'engine', 'worker'];

const printAddresses = (runtime: Runtime): void => {
  print(`Temporal       ${runtime.temporalAddress}`);
  if (runtime.uiUrl) print(`Temporal's page ${runtime.uiUrl}`);
  if (runtime.engineUrl) print(`model engine   ${runtime.engineUrl}`);
  print(`state          ${runtime.stateDir}  (nextune down ends it all)`);
};

/** Campaigns live on the server that they were started on: without a word of it the folder is brought up with the same again. */
const addressFor = ({ stateDir, temporal }: UpOptions): string | undefined =>
  temporal === embedded ? undefined : (temporal ?? lastAddress(stateDir));

const up = async (options: UpOptions): Promise<number> => {
  const { stateDir, without, json } = options;
  const components = allComponents.filter((name) => !without.includes(name));
  const before = await readRuntime(stateDir);
  const onLine = json ? () => undefined : print;
  const runtime = await ensureUp({ stateDir, components, temporalAddress: addressFor(options), onLine });
  if (json) printJson(runtime);
  else {
    if (before?.supervisor.pid === runtime.supervisor.pid) print('up already');
    printAddresses(runtime);
  }
  return 0;
};

export const register = (program: Command): void => {
  program
    .command('up')
    .description('start server, worker and model engine in the background, watched and restarted by a supervisor')
    .option('--state-dir <dir>', 'where all state is kept', '.nextune')
    .addOption(
      new Option('--without <component...>', 'leave these out, as for a campaign with another model endpoint')
        .choices(['engine', 'worker'])
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--temporal <address>',
        'use the server at this address (or profile:NAME) instead of an own one; "embedded" goes back to that',
      ).env('NEXTUNE_TEMPORAL_ADDRESS'),
    )
    .option('--json', 'print addresses and processes as JSON')
    .action(runAction(up));
};
