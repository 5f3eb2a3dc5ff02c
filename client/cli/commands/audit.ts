import { type Command, InvalidArgumentError } from 'commander';
import { type AuditCheck, firstFault } from '../../audit/check.js';
import { openOffline } from '../../audit/offline.js';
import { campaignHistory } from '../../audit/show.js';
import { verifyCampaign } from '../../audit/verify.js';
import { findCampaign } from '../../campaign-folder.js';
import { historyLines } from '../history-lines.js';
import { readKeyFile } from '../key-file.js';
import { exitStatus, print, printJson, runAction } from '../output.js';
import { registerThings } from './audit-things.js';

interface AuditOptions {
  stateDir: string;
  json?: boolean;
}

interface VerifyFlags extends AuditOptions {
  offline?: string;
  key?: string;
}

export const register = (program: Command): void => {
  const audit = program
    .command('audit')
    .description("a campaign's record: shown, and proved untouched; needs no server");
  const add = (name: string, description: string): Command =>
    audit
      .command(name)
      .description(description)
      .argument('[campaign]', 'id or the beginning of one; the latest without it')
      .option('--state-dir <dir>', 'where its state lies', '.nextune')
      .option('--json', 'as JSON');
  add(
    'verify',
    'check signatures, chain, Merkle trees, every digest, and every number; exit 1 names the first broken link',
  )
    .option('--offline <dir>', 'a bundle, or a copy of a state folder, that stands alone')
    .option('--key <pem>', 'the public key that must have signed, which you trust from elsewhere')
    .action(runAction(verify));
  registerThings(audit);
  add('show', 'what happened, by whom and when: every seal and event, or those of one round')
    .argument('[round]', 'the number of a round; 0 is the base', roundNumber)
    .action(runAction(show));
};

const roundNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Use the number of a round; 0 is the base.');
  return Number(text);
};

const verify = async (wanted: string | undefined, { offline, key, ...options }: VerifyFlags): Promise<number> => {
  const { stateDir, strict } =
    offline === undefined ? { stateDir: options.stateDir, strict: false } : openOffline(offline);
  const { campaign } = await findCampaign(stateDir, wanted);
  const publicKey = key === undefined ? undefined : await readKeyFile(key);
  const progress = rowProgress();
  const checks = await verifyCampaign(stateDir, campaign, {
    publicKey,
    strict,
    onRows: progress.add,
  }).finally(progress.clear);
  const first = firstFault(checks);
  if (options.json) printJson({ campaign, ok: first === undefined, checks, ...(first && { firstBrokenLink: first }) });
  else {
    print(`campaign ${campaign}`);
    for (const check of checks) printCheck(check);
    if (first) print(`first broken link: ${first.link}: ${first.what}\n  ${first.object}`);
  }
  return first ? exitStatus.failure : exitStatus.ok;
};

const shownFaults = 20;

const printCheck = ({ name, checked, faults, notes }: AuditCheck): void => {
  print(`  ${faults.length === 0 ? 'ok  ' : 'FAIL'}  ${name}: ${checked} checked`);
  for (const note of notes) print(`        (${note})`);
  for (const { link, what, object } of faults.slice(0, shownFaults))
    print(`        ${link}: ${what}\n          ${object}`);
  if (faults.length > shownFaults) print(`        … and ${faults.length - shownFaults} more: --json lists them`);
};

const everyMs = 500;

/** On a terminal, how many rows were read and how fast. */
const rowProgress = (): { add: (rows: number) => void; clear: () => void } => {
  const startedAtMs = performance.now();
  let shownAtMs = startedAtMs;
  let rows = 0;
  return {
    add(more) {
      rows += more;
      const nowMs = performance.now();
      if (process.stderr.isTTY !== true || nowMs - shownAtMs < everyMs) return;
      shownAtMs = nowMs;
      process.stderr.write(`\r\x1b[K${rows} rows (${Math.round(rows / ((nowMs - startedAtMs) / 1000))}/s)`);
    },
    clear() {
      if (process.stderr.isTTY === true) process.stderr.write('\r\x1b[K');
    },
  };
};

const show = async (
  wanted: string | undefined,
  round: number | undefined,
  { stateDir, json }: AuditOptions,
): Promise<number> => {
  const history = await campaignHistory(stateDir, wanted, round);
  if (json) printJson(history);
  else for (const line of historyLines(history)) print(line);
  return exitStatus.ok;
};
