import type { Command } from 'commander';
import { verifyCampaign } from '../../audit.js';
import { findCampaign } from '../../campaign-folder.js';
import { openCampaignReader } from '../../campaign-reader.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

interface AuditOptions {
  stateDir: string;
  json?: boolean;
}

export const register = (program: Command): void => {
  const audit = program
    .command('audit')
    .description("a campaign's record: shown, and proved untouched; needs no server");
  const add = (name: string, description: string, action: typeof verify): Command =>
    audit
      .command(name)
      .description(description)
      .argument('[campaign]', 'id or the beginning of one; the latest without it')
      .option('--state-dir <dir>', 'where its state lies', '.nextune')
      .option('--json', 'as JSON')
      .action(runAction(action));
  add('verify', 'check every digest, the chain of manifests, and the scores; exit 1 names what is broken', verify);
  add('show', 'what each sealed round holds', show);
};

const verify = async (wanted: string | undefined, { stateDir, json }: AuditOptions): Promise<number> => {
  const { campaign } = await findCampaign(stateDir, wanted);
  const checks = await verifyCampaign(stateDir, campaign);
  const broken = checks.some(({ faults }) => faults.length > 0);
  if (json) printJson({ campaign, ok: !broken, checks });
  else {
    print(`campaign ${campaign}`);
    for (const { name, checked, faults } of checks) {
      print(`  ${faults.length === 0 ? 'ok  ' : 'FAIL'}  ${name}: ${checked} checked`);
      for (const fault of faults) print(`        ${fault}`);
    }
  }
  return broken ? exitStatus.failure : exitStatus.ok;
};

const show = async (wanted: string | undefined, { stateDir, json }: AuditOptions): Promise<number> => {
  const { campaign } = await findCampaign(stateDir, wanted);
  const sealed = await openCampaignReader(stateDir).sealed(campaign);
  if (json) {
    printJson(sealed);
    return exitStatus.ok;
  }
  for (const { entry, manifest } of sealed) {
    const { content, circumstances } = manifest;
    print(
      `${entry.kind} ${entry.round}  sealed ${circumstances.sealedAt} on ${circumstances.host}  ${manifest.contentDigest}`,
    );
    print(`  code ${content.codeVersion}, sampled from ${content.sampledFrom?.model ?? content.base.model}`);
    print(
      `  ${Object.entries(content.counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')}`,
    );
    if (content.training)
      print(`  trained on ${content.training.rows} samples of ${content.selection?.tasksSolved} tasks`);
    if (content.ended) print(`  ended: ${content.ended}`);
  }
  return exitStatus.ok;
};
