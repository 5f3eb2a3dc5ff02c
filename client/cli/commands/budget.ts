import type { Command } from 'commander';
import type { CampaignControl, Hold } from '../../../contract/control.js';
import { usd } from '../../../core/control/limits.js';
import { addControl } from '../control-command.js';
import { type BudgetOptions, budgetWish, limitOf, wholeNumber } from '../limit-options.js';

const limitsOf = ({ budget: { tokens, costMicroUsd, hours } }: CampaignControl): string => {
  const limits = [
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
    ...(costMicroUsd === undefined ? [] : [usd(costMicroUsd)]),
    ...(hours === undefined ? [] : [`${hours} hours`]),
  ];
  return limits.length === 0 ? 'no limit is set now' : `the budget is ${limits.join(', ')} now`;
};

/** A change of the budget lets nothing go on by itself. */
const goesOn = (by: Hold['by']): string =>
  by === 'budget' || by === 'person' ? 'nextune resume goes on' : 'nextune status says how it goes on';

export const register = (program: Command): void => {
  const command = program
    .command('budget')
    .description(
      'set what a campaign may spend in all; "none" takes a limit away. A held campaign then needs a resume',
    );
  addControl<BudgetOptions>(command, {
    ask: (controls, options) => controls.budget(budgetWish(options)),
    say: (_options, control) =>
      `${limitsOf(control)}${control.hold ? `; it is held (${control.hold.by}), and ${goesOn(control.hold.by)}` : ''}`,
  })
    .option('--tokens <n>', 'prompt and completion tokens', limitOf(wholeNumber))
    .option('--usd <amount>', "dollars, by the model's prices", limitOf(Number))
    .option('--hours <n>', 'hours of work, pauses left out', limitOf(Number));
};
