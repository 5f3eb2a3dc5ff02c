import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { engineHealth } from '../../../adapters/model/embedded-engine.js';
import { resourcePath } from '../../../adapters/paths.js';
import { writeDurably } from '../../../adapters/store/write-durably.js';
import type { CampaignConfig } from '../../../contract/config.js';
import { campaignResult, connect } from '../../campaigns.js';
import { measureEngineSpeed } from '../../engine-speed.js';
import { planCampaign } from '../../plan.js';
import { speedPrompts } from '../../speed-prompts.js';
import { bringUpFor, followUntilDone, startPlanned } from '../campaign-session.js';
import { exitStatus, print, runAction } from '../output.js';
import { estimateLine, estimateQuickstart } from '../quickstart-estimate.js';
import { type QuickstartSize, quickstartConfig, quickstartSizes } from '../quickstart-sizes.js';
import { printResult } from '../result.js';
import { printSolvedExample } from '../solved-example.js';

export const register = (program: Command): void => {
  program
    .command('quickstart')
    .description('a whole small campaign on this machine with the embedded engines, on the starter tasks')
    .option('--full', 'the larger one: 150 tasks x 8 samples, two rounds, dev 60 problems x 8')
    .addOption(new Option('--tiny', 'minutes instead of half an hour; too small to learn from').conflicts('full'))
    .option('--seed <number>', 'another draw', '1')
    .action(runAction(quickstart));
};

interface QuickstartOptions {
  full?: boolean;
  tiny?: boolean;
  seed: string;
}

const sizeOf = (options: QuickstartOptions): QuickstartSize =>
  options.full ? 'full' : options.tiny ? 'tiny' : 'quick';

const writeConfig = async (size: QuickstartSize, seed: string): Promise<string> => {
  const path = resolve(`quickstart-${size}.yaml`);
  const tasks = relative('.', resourcePath('starter', 'tasks.jsonl'));
  const text = `# Written by nextune quickstart; nextune init writes a commented one.\n${stringify(
    quickstartConfig(size, seed, tasks),
  )}`;
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== text) await writeDurably(path, text);
  return path;
};

/** How long it takes here, by the engine's speed as it is now. Nothing where the engine works already: it would only slow it. */
const printEstimate = async (config: CampaignConfig, engineUrl: string): Promise<void> => {
  const health = await engineHealth(engineUrl);
  if (!health || health.running + health.waiting > 0) return;
  print('measuring how fast the model answers here …');
  const { maxTokens } = config.sampling;
  const speed = await measureEngineSpeed(
    { baseUrl: engineUrl, model: health.model, maxTokens: Math.min(64, maxTokens) },
    await speedPrompts(),
  );
  print(estimateLine(estimateQuickstart(config, speed), speed));
  print();
};

const quickstart = async (options: QuickstartOptions): Promise<number> => {
  const size = sizeOf(options);
  for (const line of quickstartSizes[size].says) print(line);
  print();
  const plan = await planCampaign(await writeConfig(size, options.seed));
  const { campaign } = plan.input;
  const runtime = await bringUpFor(plan);
  if (runtime.engineUrl) await printEstimate(plan.input.config, runtime.engineUrl);
  const client = await connect(runtime.temporalAddress);
  try {
    await startPlanned(client, plan);
    if (!(await followUntilDone(client, { campaign, stateDir: plan.stateDir }))) return exitStatus.failure;
    await printResult(plan.stateDir, await campaignResult(client, campaign));
    await printSolvedExample(plan.stateDir, campaign);
    print();
    if (runtime.uiUrl) print(`Temporal's own page: ${runtime.uiUrl}`);
    print('Next:');
    print('  npx nextune report          the same as one HTML page, with plots');
    print('  npx nextune audit verify    every digest and the chain of manifests');
    print('  npx nextune init mine       a commented nextune.yaml for your own tasks and endpoint');
    print('All of it still runs in the background; end it with: npx nextune down');
    return exitStatus.ok;
  } finally {
    await client.connection.close();
  }
};
