import type { Command } from 'commander';
import { campaignResult, connect } from '../../campaigns.js';
import { planCampaign } from '../../plan.js';
import { bringUpFor, followUntilDone, startPlanned } from '../campaign-session.js';
import { exitStatus, print, printJson, runAction } from '../output.js';
import { printResult } from '../result.js';
import { typedCommand } from '../typed-command.js';

export const register = (program: Command): void => {
  program
    .command('run')
    .description('start a campaign and show its progress; ctrl-c leaves it running')
    .argument('<config>', 'the campaign, as written by nextune init (nextune.yaml)')
    .option('--detach', 'start it and return at once')
    .option('--json', 'print the campaign id (with --detach) or its result as JSON')
    .action(runAction(run));
};

const run = async (configPath: string, options: { detach?: boolean; json?: boolean }): Promise<number> => {
  const plan = await planCampaign(configPath);
  const { campaign } = plan.input;
  const runtime = await bringUpFor(plan);
  const client = await connect(runtime.temporalAddress);
  try {
    await startPlanned(client, plan);
    if (options.detach) {
      if (options.json) printJson({ campaign });
      else print(`come back: ${typedCommand(`watch ${campaign}`, plan.stateDir)}`);
      return exitStatus.ok;
    }
    if (!(await followUntilDone(client, { campaign, stateDir: plan.stateDir }))) return exitStatus.failure;
    const result = await campaignResult(client, campaign);
    if (options.json) printJson(result);
    else await printResult(plan.stateDir, result);
    return exitStatus.ok;
  } finally {
    await client.connection.close();
  }
};
