import { type Command, Option } from 'commander';
import { type RetryStep, retrySteps } from '../../../contract/control.js';
import { addControl } from '../control-command.js';
import { wholeNumber } from '../limit-options.js';

export const register = (program: Command): void => {
  const command = program
    .command('retry')
    .description(
      'run a round again from a step; what came before it is kept, and so is the record of the earlier attempt',
    )
    .argument('<round>', 'its number', wholeNumber);
  addControl<{ from: RetryStep }, [number]>(command, {
    ask: (controls, { from }, round) => controls.retry({ round, from }),
    say: ({ from }, _control, round) => `round ${round} runs again from ${from}`,
  }).addOption(new Option('--from <step>', 'the first step to do again').choices(retrySteps).makeOptionMandatory());
};
