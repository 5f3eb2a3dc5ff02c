import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { InputError } from '../../../contract/failures.js';
import type { Task } from '../../../contract/task.js';
import { rationaleOf } from '../../../core/evaluation/proxy.js';
import { cohenKappa, krippendorffAlpha, latestRatings, type Rating } from '../../../core/rating/agreement.js';
import { type BlindPair, blindPairs } from '../../../core/rating/pairs.js';
import { estimateShare } from '../../../core/statistics/interval.js';
import { openJudgedSet } from '../../evaluate/judged-set.js';
import { percent, seedOf, wholeNumber } from '../numbers.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

interface RateOptions {
  on: string;
  rater?: string;
  pairs: number;
  seed: string;
  output?: string;
  summary?: boolean;
  stateDir: string;
  json?: boolean;
}

const ratingSchema = z.object({
  rater: z.string(),
  pair: z.string(),
  problemId: z.string(),
  choice: z.enum(['a', 'b', 'tie']),
});

export const register = (program: Command): void => {
  program
    .command('rate')
    .description('blind pairs of rationales for people to compare; agreement and win rates with intervals')
    .argument('<a>', 'CAMPAIGN@base, @best or @N, or an evaluation: eval-…, or eval-…#ARM')
    .argument('<b>', 'the same')
    .option('--on <set>', 'of campaigns: dev, test or dev-no-trace', 'dev')
    .option('--rater <name>', 'who answers; your user name without it')
    .option('--pairs <n>', 'at most so many', wholeNumber, 50)
    .option('--seed <number>', 'of pairs, sides and order', seedOf, '1')
    .option('-o, --output <file>', 'where the answers are kept (default: ratings.jsonl beside the evaluations)')
    .option('--summary', 'only the agreement and the win rates so far')
    .option('--state-dir <dir>', 'where campaigns and evaluations lie', '.nextune')
    .option('--json', 'print the summary as JSON')
    .action(runAction(rate));
};

const readRatings = async (path: string): Promise<Rating[]> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line, at): Rating[] => {
    if (line.trim() === '') return [];
    try {
      return [ratingSchema.parse(JSON.parse(line))];
    } catch (cause) {
      throw new InputError(`${path}:${at + 1}: no rating`, { cause });
    }
  });
};

const rate = async (specA: string, specB: string, options: RateOptions): Promise<number> => {
  const stateDir = resolve(options.stateDir);
  const sets = [
    await openJudgedSet(specA, { stateDir, on: options.on }),
    await openJudgedSet(specB, { stateDir, on: options.on }),
  ] as const;
  const path = resolve(options.output ?? `${stateDir}/evaluations/ratings.jsonl`);
  const [a, b] = sets.map(({ samples }) =>
    samples.map(({ taskId, index, completion }) => ({ taskId, index, text: rationaleOf(completion) })),
  );
  const pairs = blindPairs(a ?? [], b ?? [], options.seed).slice(0, options.pairs);
  if (pairs.length === 0) throw new InputError(`${specA} and ${specB} share no task on which both gave a rationale`);
  const rater = options.rater ?? userInfo().username;
  if (!options.summary) await ask({ pairs, tasks: sets[0].tasks, rater, path });
  const known = new Set(pairs.map(({ pair }) => pair));
  const ratings = latestRatings(await readRatings(path)).filter(({ pair }) => known.has(pair));
  summarise(ratings, { names: [sets[0].name, sets[1].name], json: options.json === true });
  return ratings.length > 0 ? exitStatus.ok : exitStatus.failure;
};

const answers: Record<string, 'first' | 'second' | 'tie'> = { '1': 'first', '2': 'second', t: 'tie' };

/** Each answer is on disk before the next question; what a rater has answered is not asked again. */
const ask = async (work: { pairs: BlindPair[]; tasks: Task[]; rater: string; path: string }): Promise<void> => {
  let answeredNow = 0;
  const { pairs, tasks, rater, path } = work;
  const answered = new Set((await readRatings(path)).filter((one) => one.rater === rater).map(({ pair }) => pair));
  const open = pairs.filter(({ pair }) => !answered.has(pair));
  await mkdir(dirname(path), { recursive: true });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const lines = terminal[Symbol.asyncIterator]();
  for (const [at, pair] of open.entries()) {
    const task = tasks.find(({ id }) => id === pair.taskId);
    if (!task) continue;
    showPair(pair, task, `pair ${at + 1} of ${open.length}`);
    const choice = await choose(lines);
    if (choice === 'quit') break;
    if (choice === 'skip') continue;
    const first = pair.aFirst ? 'a' : 'b';
    const picked = choice === 'tie' ? 'tie' : choice === 'first' ? first : first === 'a' ? 'b' : 'a';
    const rating: Rating = { rater, pair: pair.pair, problemId: task.problemId, choice: picked };
    await appendFile(path, `${JSON.stringify(rating)}\n`, { flush: true });
    answeredNow += 1;
  }
  terminal.close();
  const left = open.length - answeredNow;
  if (left > 0) print(`\n${left} of ${pairs.length} pairs are left: the same command goes on with them`);
};

const showPair = ({ a, b, aFirst }: BlindPair, task: Task, title: string): void => {
  print(`\n${title}\n\n${task.intent}\n\n${(task.buggy ?? '').trimEnd()}\n\n${task.tests.join('\n')}`);
  print(`\n[1] ${(aFirst ? a : b).text}\n\n[2] ${(aFirst ? b : a).text}\n`);
};

const choose = async (lines: AsyncIterator<string>): Promise<'first' | 'second' | 'tie' | 'skip' | 'quit'> => {
  for (;;) {
    process.stderr.write('Which explains the bug better? 1, 2, t (tie), s (skip), q (quit): ');
    const { value, done } = await lines.next();
    const word = String(value ?? '')
      .trim()
      .toLowerCase();
    if (done || word === 'q') return 'quit';
    if (word === 's') return 'skip';
    const choice = answers[word];
    if (choice) return choice;
  }
};

const summarise = (ratings: readonly Rating[], { names, json }: { names: [string, string]; json: boolean }): void => {
  const raters = [...new Set(ratings.map(({ rater }) => rater))].sort();
  const rows = (won: 'a' | 'b') =>
    ratings.map(({ problemId, choice }) => ({
      cluster: problemId,
      value: choice === won ? 1 : choice === 'tie' ? 0.5 : 0,
    }));
  const wins = ratings.length === 0 ? undefined : { a: estimateShare(rows('a')), b: estimateShare(rows('b')) };
  const alpha = krippendorffAlpha(ratings);
  const [one, two] = raters;
  const kappa =
    one !== undefined && two !== undefined && raters.length === 2 ? cohenKappa(ratings, [one, two]) : undefined;
  if (json) {
    printJson({ a: names[0], b: names[1], ratings: ratings.length, raters, wins, alpha, kappa });
    return;
  }
  print(
    `\n${ratings.length} ratings by ${raters.length === 1 ? 'one rater' : `${raters.length} raters`}; a tie counts half for each; 95 % intervals clustered by problem`,
  );
  for (const [side, name] of [
    ['a', names[0]],
    ['b', names[1]],
  ] as const) {
    const win = wins?.[side];
    if (win) print(`  ${name}: better in ${percent(win.mean)} [${percent(win.low)}, ${percent(win.high)}] %`);
  }
  print(
    `  Krippendorff's alpha: ${alpha === undefined ? 'not defined: no pair has two raters, or all answers are alike' : alpha.toFixed(3)}`,
  );
  if (kappa !== undefined) print(`  Cohen's kappa: ${kappa.toFixed(3)}`);
};
