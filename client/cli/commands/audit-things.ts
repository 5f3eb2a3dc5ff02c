import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { writeDurably } from '../../../adapters/store/write-durably.js';
import { InputError } from '../../../contract/failures.js';
import type { LineageNode } from '../../../core/audit/lineage.js';
import { parseRowName, type RowName } from '../../audit/find-row.js';
import { findLineage, type Lineage } from '../../audit/lineage.js';
import { proveSample, sampleProofFault, sampleProofSchema } from '../../audit/prove.js';
import { replayRound, replaySample } from '../../audit/replay.js';
import { findCampaign } from '../../campaign-folder.js';
import { openCampaignReader } from '../../campaign-reader.js';
import { readKeyFile } from '../key-file.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

interface ThingOptions {
  campaign?: string;
  stateDir: string;
  json?: boolean;
}

/** `lineage`, `prove`, `check-proof` and `replay`: what asks about one thing of a record. */
export const registerThings = (audit: Command): void => {
  const add = (name: string, argument: string, what: string, description: string): Command =>
    audit
      .command(name)
      .description(description)
      .argument(argument, what)
      .option('--campaign <id>', 'id or the beginning of one; the latest without it')
      .option('--state-dir <dir>', 'where its state lies', '.nextune')
      .option('--json', 'as JSON');
  add(
    'lineage',
    '<thing>',
    'round-2, TASK:INDEX[@round-2/train], or a digest',
    'what it came from and what it influenced',
  ).action(runAction(lineage));
  add('prove', '<sample>', 'TASK:INDEX[@round-2/train]', 'prove one sample and its verdict without the other rows')
    .requiredOption('-o, --output <file>', 'where the proof goes')
    .action(runAction(prove));
  add(
    'replay',
    '<thing>',
    'TASK:INDEX[@round-2/train], or round-2',
    'judge, trace and select again from the record, and compare',
  )
    .option('--share <share>', 'of a round: this share of its tasks, drawn by seed', Number, 0.05)
    .action(runAction(replay));
  audit
    .command('check-proof')
    .description('check what prove made, with the public key alone')
    .argument('<file>', 'a proof')
    .requiredOption('--key <pem>', 'the public key that you trust')
    .action(runAction(checkProof));
};

const open = async ({ campaign: wanted, stateDir }: ThingOptions) => {
  const { campaign } = await findCampaign(stateDir, wanted);
  const reader = openCampaignReader(stateDir);
  return { reader, sealed: await reader.sealed(campaign) };
};

const rowNamed = (text: string): RowName => {
  const name = parseRowName(text);
  if (name) return name;
  throw new InputError(`${text} is no sample: name it TASK:INDEX, as in mbpp-12#bug-1:3`);
};

const lineage = async (thing: string, options: ThingOptions): Promise<number> => {
  const { reader, sealed } = await open(options);
  const found = await findLineage(reader, sealed, thing);
  if (options.json) printJson(found);
  else for (const line of lineageLines(found)) print(line);
  return exitStatus.ok;
};

const lineageLines = ({ thing, nodes, up, down }: Lineage): string[] => {
  const of = (ids: string[]): LineageNode[] => ids.flatMap((id) => nodes.find((node) => node.id === id) ?? []);
  const line = ({ label, digest }: LineageNode): string => `  ${label}${digest ? `  ${digest}` : ''}`;
  return [
    ...of([thing]).map((node) => line(node).trim()),
    'came from',
    ...of(up).map(line),
    'influenced',
    ...(down.length > 0 ? of(down).map(line) : ['  nothing']),
  ];
};

const prove = async (sample: string, options: ThingOptions & { output: string }): Promise<number> => {
  const { reader, sealed } = await open(options);
  const proof = await proveSample(reader, sealed, rowNamed(sample));
  await writeDurably(options.output, `${JSON.stringify(proof, null, 2)}\n`);
  print(`wrote ${options.output}: ${proof.sample.path.length} hashes prove the row among ${proof.sample.size}`);
  return exitStatus.ok;
};

const checkProof = async (file: string, { key }: { key: string }): Promise<number> => {
  const parsed = sampleProofSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new InputError(`${file} is no proof of a sample: ${parsed.error.message}`);
  const fault = sampleProofFault(parsed.data, await readKeyFile(key));
  print(fault ?? `proved: ${parsed.data.verdict.row}`);
  return fault === undefined ? exitStatus.ok : exitStatus.failure;
};

const replay = async (thing: string, options: ThingOptions & { share: number }): Promise<number> => {
  const { reader, sealed } = await open(options);
  const round = /^round[- ](\d+)$/.exec(thing)?.[1];
  if (round !== undefined && !(options.share > 0 && options.share <= 1))
    throw new InputError('--share is above 0 and at most 1');
  const result =
    round === undefined
      ? await replaySample(reader, sealed, rowNamed(thing))
      : await replayRound(reader, sealed, { round: Number(round), share: options.share });
  if (options.json) printJson(result);
  else {
    const { verdicts, traces, selection, differences, elsewhere } = result;
    print(`${verdicts} verdicts and ${traces} traces made again; selection ${selection}`);
    for (const { what, sealed: was, again } of differences)
      print(`  ${what}\n    sealed: ${was}\n    again:  ${again}`);
    for (const { what, sealed: was, again } of elsewhere)
      print(`  other ${what} than when it was sealed: ${was} then, ${again} now`);
    print(differences.length === 0 ? 'all the same' : `${differences.length} differences`);
  }
  return result.differences.length === 0 ? exitStatus.ok : exitStatus.failure;
};
