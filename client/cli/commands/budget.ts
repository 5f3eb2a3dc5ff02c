import type { Command } from 'commander';
import type { BudgetArgs, CampaignControl } from '../../../contract/control.js';
import { usd } from '../../../core/control/limits.js';
import { addControl } from '../control-command.js';
import { limitOf, wholeNumber } from '../limit-options.js';

interface BudgetOptions {
  tokens?: number | null;
  usd?: number | null;
  hours?: number | null;
}

const microUsd = 1_000_000;

const wishOf = ({ tokens, usd: dollars, hours }: BudgetOptions): BudgetArgs => ({
  ...(tokens !== undefined && { tokens }),
  ...(dollars !== undefined && { costMicroUsd: dollars === null ? null : Math.round(dollars * microUsd) }),
  ...(hours !== undefined && { hours }),
});

const limitsOf = ({ budget: { tokens, costMicroUsd, hours } }: CampaignControl): string => {
  const limits = [
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
    ...(costMicroUsd === undefined ? [] : [usd(costMicroUsd)]),
    ...(hours === undefined ? [] : [`${hours} hours`]),
  ];
  return limits.length === 0 ? 'no limit is set now' : `the budget is ${limits.join(', ')} now`;
};

export const register = (program: Command): void => {
  const command = program
    .command('budget')
    .description(
      'set what a campaign may spend in all; "none" takes a limit away. A held campaign then needs a resume',
    );
  addControl<BudgetOptions>(command, {
    ask: (controls, options) => controls.budget(wishOf(options)),
    say: (_options, control) => limitsOf(control),
  })
    .option('--tokens <n>', 'prompt and completion tokens', limitOf(wholeNumber))
    .option('--usd <amount>', "dollars, by the model's prices", limitOf(Number))
    .option('--hours <n>', 'hours of work, pauses left out', limitOf(Number));
};
