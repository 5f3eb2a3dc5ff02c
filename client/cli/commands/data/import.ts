import type { Command } from 'commander';
import { openVerifier } from '../../../../adapters/sandbox/verifier.js';
import { publicSets } from '../../../../core/data/public-sets.js';
import { type ImportReport, importData, importFormats } from '../../../data/import.js';
import { print, runAction } from '../../output.js';
import { inWords, printRefusals, progressPrinter, reporting, stopOnInterrupt } from './reporting.js';

const show = ({ taken, splits, refused, output }: ImportReport, seconds: number): void => {
  printRefusals(refused);
  print(`taken ${taken} (${inWords(splits)}), refused ${refused.length}, in ${seconds} s`);
  print(taken > 0 ? `wrote ${output}` : 'no row could be taken: nothing was written');
};

const importFiles = (
  format: string,
  paths: string[],
  { output, json, plus }: { output: string; json: boolean; plus?: string },
) => {
  const progress = progressPrinter();
  const signal = stopOnInterrupt('nothing was written; give the command again');
  const work = {
    openVerifier: () => openVerifier({}),
    signal,
    onProgress: ({ taken, refused }: { taken: number; refused: number }) =>
      progress.show({ step: `importing ${format}`, done: taken, note: `${refused} refused` }),
  };
  const run = () =>
    importData({ format, paths, output, ...(plus !== undefined && { plus }) }, work).finally(progress.clear);
  return reporting(run, { json, show, isGood: ({ taken }) => taken > 0 });
};

export const registerImport = (data: Command): void => {
  data
    .command('import')
    .description('take problems or tasks of another format into a task file')
    .argument('<format>', `one of ${importFormats.join(', ')}`)
    .argument(
      '[files...]',
      `JSON lines or one JSON array, plain or gzip, or Parquet; for quixbugs its folder. Without one ${Object.keys(publicSets).join(', ')} are fetched from where they are published, by a known digest`,
    )
    .requiredOption('-o, --output <tasks>', 'the file to write: JSON lines, or Parquet where the name ends in .parquet')
    .option('--plus <file>', "of humanevalpack: HumanEvalPlus's file, whose reference and inputs join (HeFix+)")
    .option('--json', 'print the report as JSON', false)
    .action(runAction(importFiles));
};
