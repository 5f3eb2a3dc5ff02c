import { resolve } from 'node:path';
import type { Command } from 'commander';
import { openStorage } from '../../../adapters/store/open-storage.js';
import { campaignWorkflowId } from '../../../contract/workflow-ids.js';
import { findCampaign } from '../../campaign-folder.js';
import { connect, viewCampaign } from '../../campaigns.js';
import { failingSteps } from '../../failing-steps.js';
import { runtimeHere } from '../campaign-session.js';
import { decisionLines, wishLines } from '../control-lines.js';
import { failingLines } from '../failing-lines.js';
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
    const failing = view.state === 'running' ? await failingSteps(client, campaignWorkflowId(campaign)) : [];
    const storage = openStorage(resolve(options.stateDir));
    const spend = await storage.spend.total(campaign);
    const requests = await storage.requests.count(campaign);
    if (options.json) {
      printJson({ ...view, failing, spend, requests, components: runtime.components });
      return exitStatus.ok;
    }
    print(`campaign ${campaign}: ${view.state}`);
    if (view.state === 'running') print(progressLine(view, Date.now()));
    if (view.state === 'cancelled' || view.state === 'failed')
      print('  what to do: nextune run CONFIG starts it again, and asks for nothing that was answered');
    for (const line of [...wishLines(view), ...failingLines(failing, Date.now())]) print(line);
    for (const line of checkpointTable(view.progress?.checkpoints ?? [])) print(`  ${line}`);
    for (const line of decisionLines(view)) print(line);
    print(
      `spent: ${spend.promptTokens} prompt and ${spend.completionTokens} completion tokens in ${spend.requests} requests`,
    );
    if (requests.unsettled + requests.askedAgain > 0) print(requestsLine(requests));
    for (const { name, state, reason } of runtime.components) print(`${name}: ${state}${reason ? ` (${reason})` : ''}`);
    if (runtime.uiUrl) print(`Temporal's page: ${runtime.uiUrl}`);
    return exitStatus.ok;
  } finally {
    await client.connection.close();
  }
};

/** Requests that may be paid twice: the answer of the first was never recorded. */
const requestsLine = ({ unsettled, askedAgain }: { unsettled: number; askedAgain: number }): string =>
  `requests: ${unsettled} without an answer yet, ${askedAgain} asked again after a crash or a broken answer (may be paid twice)`;
