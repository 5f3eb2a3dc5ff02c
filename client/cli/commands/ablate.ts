import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { loadConfig } from '../../../adapters/config/load.js';
import { writeDurably } from '../../../adapters/store/write-durably.js';
import type { CampaignConfig } from '../../../contract/config.js';
import { InputError } from '../../../contract/failures.js';
import {
  type AblationKey,
  type Arm,
  ablationKeys,
  ablations,
  armConfig,
  armRefusal,
} from '../../../core/ablation/arms.js';
import { renderAblation } from '../../../report/ablation.js';
import { type ArmOutcome, outcomeOf } from '../../ablate/outcome.js';
import { ablationTable } from '../../ablate/table.js';
import { connect } from '../../campaigns.js';
import { type CampaignPlan, campaignNameOf, planConfigured } from '../../plan.js';
import { collectReport } from '../../report.js';
import { bringUpFor, followUntilDone, startPlanned } from '../campaign-session.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

interface AblateOptions {
  over: AblationKey;
  arms?: string;
  output?: string;
  json?: boolean;
}

export const register = (program: Command): void => {
  program
    .command('ablate')
    .description(
      'the same campaign under each setting of a key: one table, one plot; answers that are the same are asked once',
    )
    .argument('<config>', 'the campaign that all arms share')
    .addOption(
      new Option('--over <key>', 'what to vary; claim: with trace, without trace, without rationale, failing control')
        .choices(ablationKeys)
        .makeOptionMandatory(),
    )
    .option('--arms <names>', 'only these, separated by commas; the first is what the others are compared with')
    .option('-o, --output <name>', 'where NAME.md and NAME.html go (default: ablation-KEY)')
    .option('--json', 'print the outcomes as JSON')
    .action(runAction(ablate));
};

const armsOf = ({ over, arms }: AblateOptions): Arm[] => {
  const all: Arm[] = ablations[over];
  if (arms === undefined) return all;
  return arms.split(',').map((name) => {
    const arm = all.find((one) => one.name === name.trim());
    if (arm) return arm;
    throw new InputError(`--arms: ${over} has no arm ${name}; choose among ${all.map((one) => one.name).join(', ')}`);
  });
};

/** Before the first arm is paid for. @throws InputError naming the arms that the configuration doesn't allow. */
const refuseArms = (config: CampaignConfig, arms: readonly Arm[]): void => {
  const refused = arms.flatMap((arm) => {
    const why = armRefusal(config, arm);
    return why === undefined ? [] : [`arm ${arm.name}: ${why}`];
  });
  if (refused.length > 0) throw new InputError(`${refused.join('\n')}\nor name the other arms with --arms`);
};

const ablate = async (configPath: string, options: AblateOptions): Promise<number> => {
  const loaded = await loadConfig(configPath);
  const arms = armsOf(options);
  refuseArms(loaded.config, arms);
  const baseName = loaded.config.name ?? campaignNameOf(configPath);
  const outcomes: ArmOutcome[] = [];
  for (const [at, arm] of arms.entries()) {
    if (!options.json) print(`\narm ${at + 1} of ${arms.length}: ${arm.name}`);
    const config = armConfig(loaded.config, { arm, baseName, firstSize: outcomes[0]?.trainedFirst });
    const plan = await planConfigured({ config, dir: loaded.dir, configPath });
    const outcome = await runArm(arm, plan);
    if (!outcome) {
      print(`the ablation stops here; the same command goes on with arm ${arm.name}`);
      return exitStatus.failure;
    }
    outcomes.push(outcome);
    await write(options, outcomes);
    if (!options.json) for (const line of ablationTable(outcomes)) print(line);
  }
  if (options.json) printJson(outcomes);
  else print(`\nwrote ${outputName(options)}.md and ${outputName(options)}.html`);
  return exitStatus.ok;
};

/** Undefined where the campaign failed, or a person left it with ctrl-c. */
const runArm = async (arm: Arm, plan: CampaignPlan): Promise<ArmOutcome | undefined> => {
  const runtime = await bringUpFor(plan);
  const client = await connect(runtime.temporalAddress);
  try {
    await startPlanned(client, plan);
    if (!(await followUntilDone(client, { campaign: plan.input.campaign, stateDir: plan.stateDir }))) return undefined;
  } finally {
    await client.connection.close();
  }
  const record = { campaign: plan.input.campaign, startedAt: new Date().toISOString() };
  return outcomeOf(arm.name, await collectReport(plan.stateDir, record));
};

const outputName = ({ output, over }: AblateOptions): string => resolve(output ?? `ablation-${over}`);

/** Written after each arm, so that what is done is there to read. */
const write = async (options: AblateOptions, outcomes: readonly ArmOutcome[]): Promise<void> => {
  const table = ablationTable(outcomes);
  const notes = outcomes.flatMap(({ arm, campaign, stopped }) => [
    `- ${arm}: campaign ${campaign}${stopped === undefined ? '' : `, ended early: ${stopped}`}`,
  ]);
  await writeDurably(`${outputName(options)}.md`, `${[...table, '', ...notes].join('\n')}\n`);
  await writeDurably(`${outputName(options)}.html`, renderAblation(`Ablation over ${options.over}`, outcomes, table));
};
