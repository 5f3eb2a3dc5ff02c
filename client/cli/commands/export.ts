import type { Command } from 'commander';
import { exportCampaign } from '../../bundle/export.js';
import { findCampaign } from '../../campaign-folder.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

export const register = (program: Command): void => {
  program
    .command('export')
    .description("a campaign's best adapter (PEFT and GGUF), model card, training set, signed manifest and record")
    .argument('[campaign]', 'id or the beginning of one; the latest without it')
    .requiredOption('-o, --output <dir>', 'the folder to make')
    .option('--state-dir <dir>', 'where its state lies', '.nextune')
    .option('--json', 'as JSON')
    .action(runAction(run));
};

const run = async (
  wanted: string | undefined,
  options: { output: string; stateDir: string; json?: boolean },
): Promise<number> => {
  const { campaign } = await findCampaign(options.stateDir, wanted);
  const exported = await exportCampaign(options.stateDir, campaign, options.output);
  if (options.json) printJson({ campaign, ...exported });
  else {
    const what = exported.round === undefined ? 'no adapter, for the base model was best' : `round ${exported.round}`;
    print(`wrote ${exported.dir}: ${what}, and a record of ${exported.objects} objects`);
    print('  VERIFY.md says how anyone checks it with the public key alone');
  }
  return exitStatus.ok;
};
