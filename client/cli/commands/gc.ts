import type { Command } from 'commander';
import { cacheUse } from '../../cache-use.js';
import { collectGarbage, storeUse } from '../../garbage.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

const collect = (one: string, all: string[] = []): string[] => [...all, one];

export const register = (program: Command): void => {
  program
    .command('gc')
    .description('disk use by campaign; with --remove, what no sealed round, evaluation or retry can need goes')
    .option('--remove', 'remove it')
    .option(
      '--abandon <campaign>',
      'count a campaign as given up, so that only what it sealed stays (repeatable)',
      collect,
    )
    .option('--state-dir <dir>', 'where the state lies', '.nextune')
    .option('--json', 'as JSON')
    .action(runAction(gc));
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const gc = async (options: {
  remove?: boolean;
  abandon?: string[];
  stateDir: string;
  json?: boolean;
}): Promise<number> => {
  const { campaigns, evaluations, loose } = await storeUse(options.stateDir, { abandoned: options.abandon ?? [] });
  const caches = await cacheUse(options.stateDir);
  const looseBytes = loose.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed = options.remove
    ? await collectGarbage(options.stateDir, { abandoned: options.abandon ?? [] })
    : undefined;
  if (options.json) {
    printJson({
      campaigns,
      evaluations,
      caches,
      loose: { objects: loose.length, bytes: looseBytes },
      ...(removed && { removed }),
    });
    return exitStatus.ok;
  }
  for (const { campaign, ended, objects, bytes, ownBytes } of campaigns)
    print(
      `${campaign}: ${objects} objects, ${megabytes(bytes)}, ${megabytes(ownBytes)} its own${ended ? '' : ' (not ended)'}`,
    );
  if (evaluations.objects > 0) print(`evaluations: ${evaluations.objects} objects, ${megabytes(evaluations.bytes)}`);
  if (caches.verdicts + caches.traces > 0)
    print(
      `kept to save time: verdicts ${megabytes(caches.verdicts)}, traces ${megabytes(caches.traces)}; ` +
        `${options.stateDir}/verdicts and /traces can go while nothing runs, and are made again`,
    );
  print(`no seal, evaluation or retry needs ${loose.length} objects, ${megabytes(looseBytes)}`);
  if (removed) print(`removed ${removed.objects} objects, ${megabytes(removed.bytes)}; younger than an hour stays`);
  else if (loose.length > 0) print('  nextune gc --remove removes them');
  return exitStatus.ok;
};
