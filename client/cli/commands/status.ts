import { resolve } from 'node:path';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { openStorage } from '../../../adapters/store/open-storage.js';
import type { Runtime } from '../../../adapters/supervisor/runtime.js';
import { paceOf } from '../../../core/progress/pace.js';
import type { CampaignEnd } from '../../campaign-end.js';
import { findCampaign } from '../../campaign-folder.js';
import { type CampaignView, connect, viewCampaign } from '../../campaigns.js';
import { campaignEnd } from '../../ended-campaign.js';
import { withFirstGuess } from '../../first-guess.js';
import { recordedCampaign } from '../../recorded-campaign.js';
import { noTrouble, troubleOf } from '../../trouble.js';
import { runtimeHere } from '../campaign-session.js';
import { exitStatus, print, printJson, runAction } from '../output.js';
import { type CampaignStatus, statusLines } from '../status-lines.js';

interface StatusOptions {
  stateDir: string;
  json?: boolean;
}

export const register = (program: Command): void => {
  program
    .command('status')
    .description('state, phase, progress and scores of a campaign; of one that ended, why and which model is best')
    .argument('[campaign]', 'id or the beginning of one; the latest without it')
    .option('--state-dir <dir>', 'where its state lies', '.nextune')
    .option('--json', 'as JSON')
    .action(runAction(status));
};

const status = async (wanted: string | undefined, options: StatusOptions): Promise<number> => {
  const { campaign } = await findCampaign(options.stateDir, wanted);
  const runtime = await runtimeHere(options.stateDir);
  const client = await connect(runtime.temporalAddress);
  try {
    const known = await statusOf(client, campaign, { stateDir: options.stateDir, runtime });
    const nowMs = Date.now();
    if (options.json) {
      const { view, end, trouble, ...others } = known;
      const pace = view.step && paceOf(view.step, nowMs);
      printJson({ ...view, ...(pace && { pace }), ...(end && { end }), ...trouble, ...others });
    } else for (const line of statusLines(known, nowMs)) print(line);
    return exitStatus.ok;
  } finally {
    await client.connection.close();
  }
};

const statusOf = async (
  client: Client,
  campaign: string,
  { stateDir, runtime }: { stateDir: string; runtime: Runtime },
): Promise<CampaignStatus> => {
  const { components, uiUrl, engineUrl } = runtime;
  const { view: known, end } = await seen(client, campaign, stateDir);
  const view = await withFirstGuess(known, engineUrl, Date.now());
  const isRunning = view.state === 'running';
  const storage = openStorage(resolve(stateDir));
  return {
    view,
    end,
    trouble: isRunning ? await troubleOf(client, campaign, components) : noTrouble,
    spend: await storage.spend.total(campaign),
    requests: await storage.requests.count(campaign),
    components,
    ...(uiUrl !== undefined && { uiUrl }),
  };
};

/** From the server, or from the record where the server keeps its history no more. */
const seen = async (
  client: Client,
  campaign: string,
  stateDir: string,
): Promise<{ view: CampaignView; end: CampaignEnd | undefined }> => {
  try {
    const view = await viewCampaign(client, campaign);
    return { view, end: view.state === 'running' ? undefined : await campaignEnd(client, stateDir, view) };
  } catch (error) {
    const recorded = error instanceof WorkflowNotFoundError ? await recordedCampaign(stateDir, campaign) : undefined;
    if (!recorded) throw error;
    return recorded;
  }
};
