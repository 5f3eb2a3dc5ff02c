import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { comparePassAtK } from '../../../core/statistics/compare.js';
import { largestSharedK, sharedTallies } from '../../../core/statistics/score.js';
import { openJudgedSet } from '../../evaluate/judged-set.js';
import { comparisonLines } from '../comparison.js';
import { seedOf, wholeNumbers } from '../numbers.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

interface CompareOptions {
  on: string;
  k: number[];
  seed: string;
  stateDir: string;
  json?: boolean;
}

export const register = (program: Command): void => {
  program
    .command('compare')
    .description('a paired test of two models, rounds or campaigns on the tasks that both were asked; needs no server')
    .argument('<a>', 'CAMPAIGN@base, @best or @N, or an evaluation: eval-…, or eval-…#ARM')
    .argument('<b>', 'the same; the difference is B minus A')
    .addOption(new Option('--on <set>', 'of campaigns').choices(['dev', 'test', 'dev-no-trace']).default('dev'))
    .option('-k <numbers>', 'pass@k; the largest k that both allow is added', wholeNumbers, [1, 5, 10, 25])
    .option('--seed <number>', 'of the permutations', seedOf, '1')
    .option('--state-dir <dir>', 'where campaigns and evaluations lie', '.nextune')
    .option('--json', 'as JSON')
    .action(runAction(compare));
};

const compare = async (specA: string, specB: string, options: CompareOptions): Promise<number> => {
  const choice = { stateDir: resolve(options.stateDir), on: options.on };
  const [a, b] = [await openJudgedSet(specA, choice), await openJudgedSet(specB, choice)];
  const models = { a: a.tallies, b: b.tallies };
  const shared = sharedTallies(a.tallies, b.tallies);
  const most = shared.before.length === 0 ? 0 : largestSharedK(Math.max(...options.k), shared.before, shared.after);
  const ks = [...new Set([...options.k, ...(most > 1 ? [most] : [])])].sort((x, y) => x - y);
  const results = ks.map((k) => comparePassAtK(models, k, options.seed));
  if (options.json) printJson({ a: a.name, b: b.name, results });
  else {
    print(`A  ${a.name}`);
    print(`B  ${b.name}`);
    for (const line of comparisonLines(results)) print(`  ${line}`);
    print(
      '  An interval that holds 0, or p above 0.05, shows no difference. Several k are looked at: they are not independent.',
    );
  }
  return results.some((one) => 'difference' in one) ? exitStatus.ok : exitStatus.failure;
};
