import type { Command } from 'commander';
import { openVerifier } from '../../../../adapters/sandbox/verifier.js';
import { type BuildReport, buildData } from '../../../data/build.js';
import { print, runAction } from '../../output.js';
import { seedOf, wholeNumber } from './options.js';
import { inWords, printRefusals, printWritten, progressPrinter, reporting, stopOnInterrupt } from './reporting.js';

const printBuild = (report: BuildReport, seconds: number): void => {
  printRefusals(report.refused);
  print(`${report.tasks} repair tasks (${inWords(report.splits)}) from ${report.problems} problems`);
  print(`operators: ${inWords(report.operators)}`);
  const { tasks, fromReference } = report.hiddenTests;
  print(`hidden tests: ${tasks} tasks, ${fromReference} of them with tests made from the reference's answers`);
  print(`refused ${report.refused.length} problems; ran ${report.tried} candidate bugs, in ${seconds} s`);
  printWritten(report.output, report.digest, 'no repair task came out: nothing was written');
  if (report.card) print(`wrote ${report.card}`);
};

interface BuildOptions {
  output: string;
  seed: string;
  perProblem: number;
  limit?: number;
  json: boolean;
}

const build = (paths: string[], { json, ...options }: BuildOptions): Promise<number> => {
  const progress = progressPrinter();
  const work = {
    openVerifier: () => openVerifier({}),
    signal: stopOnInterrupt('the same command goes on from here'),
    onProgress: ({ tasks, ...counts }: { done: number; total: number; resumed: number; tasks: number }) =>
      progress.show({ step: 'building from problems', ...counts, note: `${tasks} repair tasks` }),
  };
  const run = () => buildData({ paths, ...options }, work).finally(progress.clear);
  return reporting(run, { json, show: printBuild, isGood: ({ tasks }) => tasks > 0 });
};

export const registerBuild = (data: Command): void => {
  data
    .command('build')
    .description(
      'make repair tasks: small bugs in the references of problems, each run and seen to fail a visible test',
    )
    .argument('<problems...>', 'files of problems, or folders of such files')
    .requiredOption('-o, --output <tasks>', 'the file to write')
    .option('--seed <number>', 'draws bugs, and splits where problems have none', seedOf, '1')
    .option('--per-problem <number>', 'repair tasks a problem (few-shot problems give one)', wholeNumber, 4)
    .option('--limit <number>', 'repair tasks in all, from problems drawn by seed', wholeNumber)
    .option('--json', 'print the report as JSON', false)
    .action(runAction(build));
};
