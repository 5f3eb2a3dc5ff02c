import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../../contract/failures.js';
import { rationaleOf } from '../../../core/evaluation/proxy.js';
import { latestRatings } from '../../../core/rating/agreement.js';
import { blindPairs } from '../../../core/rating/pairs.js';
import { openJudgedSet } from '../../evaluate/judged-set.js';
import { readRatings } from '../../evaluate/ratings.js';
import { seedOf, wholeNumber } from '../numbers.js';
import { exitStatus, print, printJson, runAction } from '../output.js';
import { rateOpenPairs } from '../rating-session.js';
import { ratingLines, ratingSummary } from '../rating-summary.js';

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
  if (!options.summary) await rateOpenPairs({ pairs, tasks: sets[0].tasks, rater, path });
  const known = new Set(pairs.map(({ pair }) => pair));
  const ratings = latestRatings(await readRatings(path)).filter(({ pair }) => known.has(pair));
  const names: [string, string] = [sets[0].name, sets[1].name];
  if (options.json) printJson(ratingSummary(ratings, names));
  else for (const line of ratingLines(ratings, names)) print(line);
  return ratings.length > 0 ? exitStatus.ok : exitStatus.failure;
};
