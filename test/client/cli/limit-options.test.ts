import { Command } from 'commander';
import { type BudgetOptions, budgetWish, limitOf, wholeNumber } from '../../../client/cli/limit-options.js';
import { budgetArgsSchema } from '../../../contract/control.js';

const wishOf = (...args: string[]) => {
  const command = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .option('--tokens <n>', '', limitOf(wholeNumber))
    .option('--usd <amount>', '', limitOf(Number))
    .option('--hours <n>', '', limitOf(Number));
  return budgetArgsSchema.parse(budgetWish(command.parse(args, { from: 'user' }).opts<BudgetOptions>()));
};

describe('limits of the command line', () => {
  it.each([
    [['--tokens', '100'], { tokens: 100 }],
    [['--tokens', 'none'], { tokens: null }],
    [['--usd', '2.5', '--hours', 'none'], { costMicroUsd: 2_500_000, hours: null }],
    [[], {}],
  ])('%j asks for %j', (args, wish) => expect(wishOf(...args)).toEqual(wish));

  it.each([
    ['--tokens', '1.5'],
    ['--tokens', '-1'],
    ['--hours', 'many'],
    ['--usd', '0'],
  ])('%s %s is refused', (name, value) => expect(() => wishOf(`${name}=${value}`)).toThrow(/has to be/));
});
