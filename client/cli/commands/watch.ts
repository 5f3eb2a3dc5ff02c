import type { Command } from 'commander';
import { findCampaign } from '../../campaign-folder.js';
import { campaignResult, connect } from '../../campaigns.js';
import { followUntilDone, runtimeHere } from '../campaign-session.js';
import { exitStatus, runAction } from '../output.js';
import { printResult } from '../result.js';

export const register = (program: Command): void => {
  program
    .command('watch')
    .description('follow a running campaign; ctrl-c leaves it running')
    .argument('[campaign]', 'id or the beginning of one; the latest without it')
    .option('--state-dir <dir>', 'where its state lies', '.nextune')
    .action(runAction(watch));
};

const watch = async (wanted: string | undefined, options: { stateDir: string }): Promise<number> => {
  const { campaign } = await findCampaign(options.stateDir, wanted);
  const client = await connect((await runtimeHere(options.stateDir)).temporalAddress);
  try {
    if (!(await followUntilDone(client, { campaign, stateDir: options.stateDir }))) return exitStatus.failure;
    await printResult(options.stateDir, await campaignResult(client, campaign));
    return exitStatus.ok;
  } finally {
    await client.connection.close();
  }
};
