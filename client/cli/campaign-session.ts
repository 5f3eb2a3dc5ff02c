import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { type Runtime, readRuntime } from '../../adapters/supervisor/runtime.js';
import { ensureUp } from '../../adapters/supervisor/up.js';
import { placeOfProfile } from '../../adapters/temporal/connection.js';
import { InputError } from '../../contract/failures.js';
import { placesLeftEmpty } from '../../core/plan/places.js';
import { rememberCampaign } from '../campaign-folder.js';
import { type CampaignView, campaignFailure, startCampaign } from '../campaigns.js';
import { campaignEnd } from '../ended-campaign.js';
import type { CampaignPlan } from '../plan.js';
import { wishLines } from './control-lines.js';
import { endLines } from './end-lines.js';
import { type Followed, followCampaign } from './follow.js';
import { print, printError } from './output.js';
import { typedCommand } from './typed-command.js';

const placeOf = (temporal: { address: string } | { profile: string }): string =>
  'profile' in temporal ? placeOfProfile(temporal.profile) : temporal.address;

/** What overrides a profile's file; the worker has to see the same. */
const temporalVariables = (): string[] => Object.keys(process.env).filter((name) => name.startsWith('TEMPORAL_'));

/** Where a shared store's credentials may stand; files and roles need no variable. */
const s3Variables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];

/** What goes through Temporal is encrypted for whoever has these, and for nobody else. */
const payloadVariables = ['NEXTUNE_PAYLOAD_KEY_FILE', 'NEXTUNE_PAYLOAD_KEY_COMMAND'];

/** Brings up what a plan needs, and says so line by line. The worker gets the endpoint's key, and no other variable. */
export const bringUpFor = ({ stateDir, input: { config } }: CampaignPlan): Promise<Runtime> => {
  const { model, temporal } = config;
  const variables = [
    ...(model.kind === 'openai' && model.apiKeyEnv !== undefined ? [model.apiKeyEnv] : []),
    ...(typeof temporal === 'object' && 'profile' in temporal ? temporalVariables() : []),
    ...payloadVariables,
    ...(config.store.s3 ? s3Variables.filter((name) => process.env[name] !== undefined) : []),
  ];
  return ensureUp({
    stateDir,
    components: model.kind === 'embedded' ? ['temporal', 'engine', 'worker'] : ['temporal', 'worker'],
    ...(temporal !== 'embedded' && { temporalAddress: placeOf(temporal) }),
    variables,
    onLine: print,
  });
};

/** Where campaigns of this folder run; a person is told how to bring it up. */
export const runtimeHere = async (stateDir: string): Promise<Runtime> => {
  const runtime = await readRuntime(resolve(stateDir));
  if (runtime) return runtime;
  throw new InputError(
    `nothing is up under ${stateDir}: ${typedCommand('up', stateDir)} brings it up, and running campaigns go on`,
  );
};

/** Starts the planned campaign, or finds it running or done, and says which. */
export const startPlanned = async (client: Client, plan: CampaignPlan): Promise<void> => {
  await rememberCampaign(plan);
  const outcome = await startCampaign(client, plan.input);
  const { campaign } = plan.input;
  const said = {
    started: `campaign ${campaign} started`,
    running: `campaign ${campaign} runs already; following it`,
    finished: `campaign ${campaign} is done already; change its name or seed to run it anew`,
  };
  print(said[outcome]);
  const empty = placesLeftEmpty(plan.input.config);
  if (empty && outcome !== 'finished') printError(empty);
};

const printCancelled = async (client: Client, { campaign, stateDir }: Followed, view: CampaignView): Promise<void> => {
  const end = await campaignEnd(client, stateDir, view);
  for (const line of [`campaign ${campaign} was cancelled`, ...(end ? endLines(end) : [])]) printError(line);
};

/** Follows a campaign; ctrl-c leaves it running and says how to come back. True when it completed. */
export const followUntilDone = async (client: Client, followed: Followed): Promise<boolean> => {
  const { campaign, stateDir } = followed;
  const interrupted = new AbortController();
  const onInterrupt = (): void => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const view = await followCampaign(client, followed, interrupted.signal);
    if (view.state === 'failed') printError(`campaign ${campaign} failed: ${await campaignFailure(client, campaign)}`);
    if (view.state === 'cancelled') await printCancelled(client, followed, view);
    for (const line of wishLines(view)) printError(line);
    return view.state === 'completed';
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    print();
    print(`campaign ${campaign} goes on in the background.`);
    print(`  come back:  ${typedCommand(`watch ${campaign}`, stateDir)}`);
    print(`  end all:    ${typedCommand('down', stateDir)}   (nextune up continues it later)`);
    return false;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
};
