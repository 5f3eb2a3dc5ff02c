import { type Command, InvalidArgumentError } from 'commander';
import { openVerifier } from '../../../adapters/sandbox/verifier.js';
import { type BuildReport, buildData, type ImportReport, importData, importFormats } from '../../data.js';
import { exitStatus, print, printError, printJson, runAction } from '../output.js';

/** Refusals printed in full; the rest are counted, and `--json` has them all. */
const maxRefusalsShown = 20;

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Use a whole number of 1 or more.');
  return Number(text);
};

const seedOf = (text: string): string => {
  if (!/^\d{1,20}$/.test(text)) throw new InvalidArgumentError('Use a whole number of at most 20 digits.');
  return text;
};

const inWords = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const printRefusals = (refused: readonly { place?: string; id: string; reason: string }[]): void => {
  for (const { place, id, reason } of refused.slice(0, maxRefusalsShown)) {
    printError(`${place ? `${place}: ` : ''}${id}: ${reason}`);
  }
  const more = refused.length - maxRefusalsShown;
  if (more > 0) printError(`… and ${more} more; --json lists them all`);
};

const printImport = ({ taken, splits, refused, output }: ImportReport, seconds: number): void => {
  printRefusals(refused);
  print(`taken ${taken} (${inWords(splits)}), refused ${refused.length}, in ${seconds} s`);
  print(taken > 0 ? `wrote ${output}` : 'no row could be taken: nothing was written');
};

const printBuild = (report: BuildReport, seconds: number): void => {
  printRefusals(report.refused);
  print(`${report.tasks} repair tasks (${inWords(report.splits)}) from ${report.problems} problems`);
  print(`operators: ${inWords(report.operators)}`);
  const { tasks, fromReference } = report.hiddenTests;
  print(`hidden tests: ${tasks} tasks, ${fromReference} of them with tests made from the reference's answers`);
  print(`refused ${report.refused.length} problems; ran ${report.tried} candidate bugs, in ${seconds} s`);
  print(report.digest ? `wrote ${report.output} ${report.digest}` : 'no repair task came out: nothing was written');
};

/** Runs the work, prints its report in words or JSON, and says by the status whether anything came out. */
const reporting = async <Report>(
  work: () => Promise<Report>,
  {
    json,
    show,
    count,
  }: { json: boolean; show: (report: Report, seconds: number) => void; count: (report: Report) => number },
): Promise<number> => {
  const startMs = performance.now();
  const report = await work();
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  if (json) printJson({ ...report, seconds });
  else show(report, seconds);
  return count(report) > 0 ? exitStatus.ok : exitStatus.failure;
};

const showProgress = ({ done, total, tasks }: { done: number; total: number; tasks: number }): void => {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${done}/${total} problems, ${tasks} repair tasks${done === total ? '\n' : ''}`);
};

const registerImport = (data: Command): void => {
  data
    .command('import')
    .description('take problems or tasks of another format into a task file')
    .argument('<format>', `one of ${importFormats.join(', ')}`)
    .argument('<files...>', 'JSON lines, plain or gzip')
    .requiredOption('-o, --output <tasks>', 'the file to write')
    .option('--json', 'print the report as JSON', false)
    .action(
      runAction((format: string, files: string[], { output, json }: { output: string; json: boolean }) =>
        reporting(() => importData({ format, paths: files, output }), {
          json,
          show: printImport,
          count: ({ taken }) => taken,
        }),
      ),
    );
};

interface BuildOptions {
  output: string;
  seed: string;
  perProblem: number;
  limit?: number;
  json: boolean;
}

const registerBuild = (data: Command): void => {
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
    .action(
      runAction((paths: string[], { json, ...options }: BuildOptions) =>
        reporting(
          () => buildData({ paths, ...options }, { openVerifier: () => openVerifier({}), onProgress: showProgress }),
          { json, show: printBuild, count: ({ tasks }) => tasks },
        ),
      ),
    );
};

export const register = (program: Command): void => {
  const data = program.command('data').description('take in and build data sets');
  registerImport(data);
  registerBuild(data);
};
