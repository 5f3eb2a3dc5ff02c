import { type Command, InvalidArgumentError } from 'commander';
import { isWeakening, type Weakening, weakenings } from '../../../adapters/sandbox/isolation.js';
import { flakyWords } from '../../../core/verdict/flaky.js';
import type { BadLine } from '../../verify/inputs.js';
import { type VerifyCounts, verifyFile } from '../../verify/verify-file.js';
import { abortOnInterrupt } from '../interrupt.js';
import { exitStatus, print, printError, printJson, runAction } from '../output.js';
import { formatDuration } from '../progress-line.js';

const maxBadShown = 50;
const terminalEveryMs = 200;
const plainEveryMs = 30_000;

const weakening = (name: string, earlier: Weakening[] = []): Weakening[] => {
  if (isWeakening(name)) return [...earlier, name];
  throw new InvalidArgumentError(`Use one of ${Object.keys(weakenings).join(', ')}.`);
};

export const register = (program: Command): void => {
  program
    .command('verify')
    .description('judges samples that anyone made, in the sandbox; goes on where an interrupted run stopped')
    .argument('<tasks>', 'tasks or problems (JSON lines)')
    .argument('<samples>', 'samples with a completion or a program (JSON lines)')
    .requiredOption('-o, --output <verdicts>', 'where the verdicts go')
    .option(
      '--allow-weak-isolation <name>',
      'accept that this part of the isolation is missing (repeatable)',
      weakening,
    )
    .option('--cache <folder>', 'keep verdicts there, and take those that are known from there')
    .option('--json', 'the summary as JSON')
    .action(runAction(verify));
};

const inWords = ({ judged, pass, fail, none }: VerifyCounts): string =>
  `${judged} judged: ${pass} pass, ${fail} fail${none > 0 ? `, ${none} without a verdict` : ''}`;

/** A verdict that flipped is the task's fault more often than the program's: its tests or limits are worth a look. */
const flakyLine = ({ flakyTasks }: VerifyCounts): string | undefined => {
  const tasks = Object.keys(flakyTasks).length;
  if (tasks === 0) return undefined;
  return `verdicts flipped between two runs (fail, reason flaky) in ${tasks} tasks: ${flakyWords(flakyTasks)}`;
};

const rateOf = ({ judged, resumed }: VerifyCounts, startedAtMs: number): string =>
  `${((judged - resumed) / Math.max(0.001, (performance.now() - startedAtMs) / 1000)).toFixed(0)}/s`;

/** Over the rows that are left; nothing is promised before something is done. */
const timeLeft = ({ judged, resumed, bad, total }: VerifyCounts, startedAtMs: number): string => {
  const perMs = (judged - resumed) / (performance.now() - startedAtMs);
  return perMs > 0 ? `, ${formatDuration(Math.max(0, total - judged - bad) / perMs)} left` : '';
};

/** A line that is rewritten on a terminal, and now and then a new one elsewhere. */
const progressPrinter = (startedAtMs: number): { show: (counts: VerifyCounts) => void; clear: () => void } => {
  const terminal = process.stderr.isTTY === true;
  let shownAtMs = performance.now();
  return {
    show: (counts) => {
      if (performance.now() - shownAtMs < (terminal ? terminalEveryMs : plainEveryMs)) return;
      shownAtMs = performance.now();
      const line = `${counts.judged}/${counts.total}: ${inWords(counts)} (${rateOf(counts, startedAtMs)}${timeLeft(counts, startedAtMs)})`;
      process.stderr.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
    },
    clear: () => {
      if (terminal) process.stderr.write('\r\x1b[K');
    },
  };
};

const verify = async (
  tasks: string,
  samples: string,
  options: { output: string; allowWeakIsolation?: Weakening[]; cache?: string; json?: boolean },
): Promise<number> => {
  const startedAtMs = performance.now();
  const progress = progressPrinter(startedAtMs);
  const bad: BadLine[] = [];
  const onBad = (line: BadLine): void => {
    bad.push(line);
    progress.clear();
    if (bad.length <= maxBadShown) printError(`${line.place}: ${line.reason}`);
  };
  const allowWeakIsolation = options.allowWeakIsolation ?? [];
  const request = {
    tasks,
    samples,
    output: options.output,
    allowWeakIsolation,
    onBad,
    onProgress: progress.show,
    ...(options.cache !== undefined && { cacheDir: options.cache }),
  };
  const signal = abortOnInterrupt('stopped: the same command goes on from here');
  const counts = await verifyFile({ ...request, signal }).finally(progress.clear);
  if (bad.length > maxBadShown) printError(`… and ${bad.length - maxBadShown} more bad lines`);
  const seconds = Math.round((performance.now() - startedAtMs) / 100) / 10;
  if (options.json) printJson({ ...counts, badLines: bad, seconds, output: options.output });
  else {
    const resumed = counts.resumed > 0 ? `, ${counts.resumed} of them by an earlier run` : '';
    print(`${inWords(counts)}${resumed}, ${bad.length} bad lines, in ${seconds} s (${rateOf(counts, startedAtMs)})`);
    const flaky = flakyLine(counts);
    if (flaky !== undefined) print(flaky);
    print(`wrote ${options.output} (${counts.isolation})`);
  }
  return counts.bad > 0 || counts.none > 0 ? exitStatus.failure : exitStatus.ok;
};
