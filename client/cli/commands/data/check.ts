import { type Command, InvalidArgumentError } from 'commander';
import { openVerifier } from '../../../../adapters/sandbox/verifier.js';
import { InputError } from '../../../../contract/failures.js';
import { type FindingKind, findingKinds, isFindingKind } from '../../../../core/data/check/finding.js';
import { type CheckReport, checkData } from '../../../data/check.js';
import { print, runAction } from '../../output.js';
import { seedOf } from './options.js';
import { inWords, progressPrinter, reporting, stopOnInterrupt } from './reporting.js';

/** Findings of a kind printed in full; the rest are counted, and `--json` has them all. */
const maxShownOfKind = 10;

const kindOf = (name: string, earlier: FindingKind[] = []): FindingKind[] => {
  if (isFindingKind(name)) return [...earlier, name];
  throw new InvalidArgumentError(`Use one of ${Object.keys(findingKinds).join(', ')}.`);
};

const fileOf = (name: string, earlier: string[] = []): string[] => [...earlier, name];

const printTable = ({ findings, counts }: CheckReport): void => {
  for (const [kind, count] of Object.entries(counts)) {
    print(`${kind}: ${count} (${findingKinds[kind as FindingKind]})`);
    const shown = findings.filter((finding) => finding.kind === kind).slice(0, maxShownOfKind);
    const width = Math.max(...shown.map(({ id }) => id.length));
    for (const { id, detail } of shown) print(`  ${id.padEnd(width)}  ${detail.replaceAll('\n', '; ')}`);
    if (count > maxShownOfKind) print(`  … and ${count - maxShownOfKind} more; --json lists them all`);
  }
};

const show = (report: CheckReport, seconds: number): void => {
  printTable(report);
  const { tasks, problems, splits, evaluation, faulty, fix } = report;
  const beside = evaluation > 0 ? ` beside ${evaluation} of the evaluation set` : '';
  print(
    `${tasks} rows of ${problems} problems (${inWords(splits)})${beside} checked in ${seconds} s: ${faulty} with a finding`,
  );
  if (fix && fix.dropped > 0)
    print(`wrote ${fix.output} (${fix.kept} rows), and the ${fix.dropped} dropped, with why, to ${fix.record}`);
  else if (fix) print(`wrote ${fix.output} (${fix.kept} rows): none was dropped`);
};

interface CheckOptions {
  against?: string[];
  skip?: FindingKind[];
  seed: string;
  fix: boolean;
  output?: string;
  json: boolean;
}

/** In place where there is one file and no `-o`. */
const fixedOf = (paths: readonly string[], { fix, output }: CheckOptions): string | undefined => {
  if (!fix && output !== undefined)
    throw new InputError('-o goes with --fix: say --fix to write the rows that are left');
  if (!fix) return undefined;
  if (output === undefined && paths.length > 1)
    throw new InputError('--fix of several files needs -o: say where the rest goes');
  return output ?? paths[0];
};

const check = (paths: string[], options: CheckOptions): Promise<number> => {
  const { against = [], skip = [], seed, json } = options;
  const fixed = fixedOf(paths, options);
  const progress = progressPrinter();
  const work = {
    openVerifier: () => openVerifier({}),
    signal: stopOnInterrupt('the same command goes on from here'),
    onProgress: ({ findings, ...counts }: { done: number; total: number; resumed: number; findings: number }) =>
      progress.show({ step: 'checking problems', ...counts, note: `${findings} findings` }),
  };
  const run = () => checkData({ paths, against, seed, skip, fixed }, work).finally(progress.clear);
  return reporting(run, { json, show, isGood: ({ findings, fix }) => findings.length === 0 || fix !== null });
};

export const registerCheck = (data: Command): void => {
  data
    .command('check')
    .description(
      'references pass, bugs fail, nothing flips, repeats, leaks between splits or has tests too weak; exit 1 with a table',
    )
    .argument('<tasks...>', 'tasks or problems: files, or folders of such files')
    .option('--against <file>', 'an evaluation set that the tasks must not hold (repeatable)', fileOf)
    .option(
      '--skip <kind>',
      `leave a kind of finding out (repeatable): ${Object.keys(findingKinds).join(', ')}`,
      kindOf,
    )
    .option('--fix', 'write the rows without a finding, and a record of those dropped', false)
    .option('-o, --output <tasks>', 'where --fix writes; without it in place')
    .option('--seed <number>', 'draws the bugs that the tests are tried with', seedOf, '1')
    .option('--json', 'print the report as JSON', false)
    .action(runAction(check));
};
