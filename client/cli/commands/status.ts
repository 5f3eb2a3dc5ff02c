import type { Command } from 'commander';
import { openStorage } from '../../../adapters/store/open-storage.js';
import { findCampaign } from '../../campaign-folder.js';
import { connect, viewCampaign } from '../../campaigns.js';
import { runtimeHere } from '../campaign-session.js';
import { exitStatus, print, printJson, runAction } from '../output.js';
import { progressLine } from '../progress-line.js';
import { checkpointTable } from '../score-table.js';

export const register = (program: Command): void => {
  program
    .command('status')
    .description('state, phase, progress and scores of a campaign')
    .argument('[campaign]', 'id or the beginning of one; the latest without it')
    .option('--state-dir <dir>', 'where its state lies', '.nextune')
    .option('--json', 'as JSON')
    .action(runAction(status));
};

const status = async (wanted: string | undefined, options: { stateDir: string; json?: boolean }): Promise<number> => {
  const { campaign } = await findCampaign(options.stateDir, wanted);
  const runtime = await runtimeHere(options.stateDir);
  const client = await connect(runtime.temporalAddress);
  try {
    const view = await viewCampaign(client, campaign);
    if (options.json) {
      printJson(view);
      return exitStatus.ok;
    }
    print(`campaign ${campaign}: ${view.state}`);
    if (view.state === 'running') print(progressLine(view, Date.now()));
    for (const line of checkpointTable(view.progress?.checkpoints ?? [])) print(`  ${line}`);
    const repeated = await requestsOf(options.stateDir, campaign);
    if (repeated !== undefined) print(repeated);
    for (const { name, state, reason } of runtime.components) print(`${name}: ${state}${reason ? ` (${reason})` : ''}`);
    if (runtime.uiUrl) print(`Temporal's page: ${runtime.uiUrl}`);
    return exitStatus.ok;
  } finally {
    await client.connection.close();
  }
};

/** Requests that may be paid twice: the answer of the first was never recorded. */
const requestsOf = async (stateDir: string, campaign: string): Promise<string | undefined> => {
  const { unsettled, askedAgain } = await openStorage(stateDir).requests.count(campaign);
  if (unsettled + askedAgain === 0) return undefined;
  return `requests: ${unsettled} without an answer yet, ${askedAgain} asked again after a crash or a broken answer (may be paid twice)`;
};
