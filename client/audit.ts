import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../activities/ports.js';
import type { Digest } from '../contract/digest.js';
import { treeSchema, verdictRowSchema } from '../contract/rows.js';
import { taskSchema } from '../contract/task.js';
import { type Reference, referencesOf } from '../core/audit/references.js';
import { canonicalJson } from '../core/canonical-json.js';
import { digestOf, digestOfValue } from '../core/hash/digest.js';
import { scoreVerdicts, summariseScore } from '../core/statistics/score.js';
import { type CampaignReader, openCampaignReader, type SealedRound } from './campaign-reader.js';

/** One named check: how much it looked at, and every fault it found, in words that name the object. */
export interface AuditCheck {
  name: string;
  checked: number;
  faults: string[];
}

/** Proves a campaign's record from its files alone. @throws NextuneFailure where the record itself cannot be read */
export const verifyCampaign = async (stateDir: string, campaign: string): Promise<AuditCheck[]> => {
  const reader = openCampaignReader(stateDir);
  const rounds = await reader.sealed(campaign);
  return [
    checkContentDigests(rounds),
    checkChain(rounds),
    await checkReferences(reader.store, rounds),
    await checkScores(reader, rounds),
    await checkStore(join(stateDir, 'store')),
  ];
};

const titleOf = ({ entry }: SealedRound): string => (entry.kind === 'round' ? `round ${entry.round}` : entry.kind);

const checkContentDigests = (rounds: SealedRound[]): AuditCheck => ({
  name: "manifests' content digests",
  checked: rounds.length,
  faults: rounds.flatMap((round) => {
    const { content, contentDigest } = round.manifest;
    return digestOfValue(content) === contentDigest
      ? []
      : [`${titleOf(round)}: content does not have digest ${contentDigest}`];
  }),
});

const checkChain = (rounds: SealedRound[]): AuditCheck => ({
  name: 'chain of manifests',
  checked: rounds.length,
  faults: [
    ...(rounds.length === 0 ? ['there is no sealed manifest'] : []),
    ...rounds.flatMap((round, at) => {
      const expected = rounds[at - 1]?.manifest.contentDigest ?? null;
      const { previous } = round.manifest.content;
      return previous === expected ? [] : [`${titleOf(round)}: names ${previous} as its predecessor, not ${expected}`];
    }),
  ],
});

const checkReferences = async (store: ObjectStore, rounds: SealedRound[]): Promise<AuditCheck> => {
  const references = new Map(rounds.flatMap(({ manifest }) => referencesOf(manifest)).map((one) => [one.digest, one]));
  const faults: string[] = [];
  let checked = 0;
  for (const reference of references.values()) {
    checked++;
    faults.push(...(await faultsOf(store, reference)));
  }
  return { name: 'objects that manifests name', checked, faults };
};

const faultsOf = async (store: ObjectStore, { digest, what, rows }: Reference): Promise<string[]> => {
  try {
    const bytes = await store.get(digest);
    if (what === 'adapter') return await treeFaults(store, bytes);
    const counted = rows === undefined ? undefined : bytes.toString('utf8').split('\n').length - 1;
    return counted === rows ? [] : [`${what}: object ${digest} has ${counted} rows, ${rows} were sealed`];
  } catch (error) {
    return [`${what}: ${(error as Error).message}`];
  }
};

const treeFaults = async (store: ObjectStore, bytes: Buffer): Promise<string[]> => {
  const { files } = treeSchema.parse(JSON.parse(bytes.toString('utf8')));
  const checks = files.map(({ path, digest }) =>
    faultsOf(store, { digest: digest as Digest, what: `adapter file ${path}` }),
  );
  return (await Promise.all(checks)).flat();
};

/** pass@k and its intervals are computed again from the rows and must be the sealed ones, to the last digit. */
const checkScores = async (reader: CampaignReader, rounds: SealedRound[]): Promise<AuditCheck> => {
  const faults: string[] = [];
  let checked = 0;
  for (const round of rounds) {
    for (const evaluation of round.manifest.content.evaluations) {
      checked++;
      const same = await recomputes(reader, evaluation).catch((error: Error) => error.message);
      if (same !== true)
        faults.push(`${titleOf(round)}, ${evaluation.name}: ${same || 'the score does not follow from its rows'}`);
    }
  }
  return { name: 'scores computed again', checked, faults };
};

type Evaluation = SealedRound['manifest']['content']['evaluations'][number];

const recomputes = async (reader: CampaignReader, { problems, shards, score }: Evaluation): Promise<boolean> => {
  const tasks = await reader.rows(problems.tasks, taskSchema);
  const verdicts = await Promise.all(shards.map((shard) => reader.rows(shard.verdicts, verdictRowSchema)));
  const again = scoreVerdicts(
    tasks,
    verdicts.flat(),
    score.passAtK.map(({ k }) => k),
  );
  const summary = { score: digestOf(canonicalJson(again)), ...summariseScore(again) };
  return canonicalJson(summary) === canonicalJson(score);
};

/** Every object in the store, referenced or not, has the content that its name says. */
const checkStore = async (dir: string): Promise<AuditCheck> => {
  const root = join(dir, 'sha256');
  const faults: string[] = [];
  let checked = 0;
  for (const prefix of await readdir(root).catch(() => [])) {
    for (const rest of await readdir(join(root, prefix))) {
      checked++;
      const digest = digestOf(await readFile(join(root, prefix, rest)));
      if (digest !== `sha256:${prefix}${rest}`) faults.push(`object ${join(root, prefix, rest)} has digest ${digest}`);
    }
  }
  return { name: 'every object in the store', checked, faults };
};
