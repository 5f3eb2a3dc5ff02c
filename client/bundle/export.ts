import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { eventParts } from '../../adapters/store/event-files.js';
import { objectPath } from '../../adapters/store/folder-store.js';
import { materialiseTree } from '../../adapters/store/materialise-tree.js';
import { openStorage } from '../../adapters/store/open-storage.js';
import { InputError } from '../../contract/failures.js';
import { taskSchema } from '../../contract/task.js';
import { keyIdOf, readPublicKey } from '../../core/hash/envelope.js';
import { keyBeside } from '../audit/record.js';
import { objectsOf } from '../audit/referenced.js';
import { type CampaignReader, openCampaignReader, type SealedRound } from '../campaign-reader.js';
import { type CardFacts, renderCard, verifyRecipe } from './card.js';

/** What `export` wrote. `round` is absent where the base model was best, and there is no adapter. */
export interface Exported {
  dir: string;
  round?: number;
  objects: number;
}

/**
 * Writes a campaign's best adapter with its card, training set, signed manifest and whole sealed record into a new
 * folder: all of it or nothing. @throws InputError where the folder is there, or the campaign has not ended
 */
export const exportCampaign = async (stateDir: string, campaign: string, dir: string): Promise<Exported> => {
  if (await stat(dir).catch(() => undefined)) throw new InputError(`${dir} is there already: name a new folder`);
  const reader = openCampaignReader(stateDir);
  const sealed = await reader.sealed(campaign);
  const end = sealed.find(({ entry }) => entry.kind === 'campaign');
  if (!end) throw new InputError(`campaign ${campaign} has not ended: its best round is not known yet`);
  const best = end.manifest.content.best ?? 0;
  const round = best === 0 ? undefined : sealed.find(({ entry }) => entry.kind === 'round' && entry.round === best);
  const key = await keyBeside(stateDir, campaign);
  if (!key) throw new InputError(`there is no public key under ${stateDir}/keys: the campaign was sealed unsigned`);

  const temporary = join(dirname(dir), `.${basename(dir)}.${process.pid}.tmp`);
  try {
    const adapter = round?.manifest.content.produced?.adapter;
    await mkdir(dirname(temporary), { recursive: true });
    if (adapter !== undefined) await materialiseTree(reader.store, adapter, temporary);
    else await mkdir(temporary);
    const source = round ?? sealed[0] ?? end;
    const { training } = source.manifest.content;
    if (training) await writeFile(join(temporary, 'training.jsonl'), await reader.store.get(training.digest));
    await writeFile(join(temporary, 'manifest.dsse.json'), await reader.store.get(source.entry.manifest));
    await writeFile(join(temporary, 'seal.pub'), key);
    const facts = { ...(await factsOf(reader, sealed, source)), campaign, keyId: keyIdOf(readPublicKey(key)) };
    await writeFile(join(temporary, 'README.md'), renderCard({ ...facts, round: round?.entry.round }));
    await writeFile(join(temporary, 'VERIFY.md'), verifyRecipe(round !== undefined));
    const objects = await copyRecord({ stateDir, campaign, reader, key }, join(temporary, 'record'));
    await rename(temporary, dir);
    return { dir, objects, ...(round && { round: round.entry.round }) };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
};

const factsOf = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  source: SealedRound,
): Promise<Omit<CardFacts, 'campaign' | 'keyId' | 'round'>> => {
  const { content } = source.manifest;
  const base = sealed[0]?.manifest.content ?? content;
  const tasks = base.problems ? await reader.rows(base.problems.tasks, taskSchema) : [];
  const config = JSON.parse((await reader.store.get(content.configuration)).toString('utf8')) as {
    sampling?: { traceFormat?: string };
  };
  const end = sealed.filter(({ entry }) => entry.kind === 'campaign');
  return {
    base: content.base.model,
    traceFormat: config.sampling?.traceFormat ?? 'inline',
    training: content.training && { rows: content.training.rows, tasks: content.selection?.tasksSolved ?? 0 },
    fineTune: content.fineTune,
    tasks,
    evaluations: [...new Set([sealed[0], source, ...end])].flatMap((one) => one?.manifest.content.evaluations ?? []),
    manifest: source.entry.manifest,
  };
};

/**
 * The sealed record alone, in a state folder's layout: what no seal refers to stays behind, and so does the key. Objects are
 * written unpacked, so that sha256sum alone tells whether each is what its name says.
 */
const copyRecord = async (
  from: { stateDir: string; campaign: string; reader: CampaignReader; key: Buffer },
  dir: string,
): Promise<number> => {
  const { stateDir, campaign, reader, key } = from;
  const source = join(stateDir, 'campaigns', campaign);
  const target = join(dir, 'campaigns', campaign);
  await mkdir(target, { recursive: true });
  const { startedAt } = JSON.parse(await readFile(join(source, 'campaign.json'), 'utf8')) as { startedAt: string };
  const started = { campaign, configPath: 'nextune.yaml', startedAt };
  await writeFile(join(target, 'campaign.json'), `${JSON.stringify(started, null, 2)}\n`);
  await writeFile(join(target, 'seal.pub'), key);
  const manifests = await openStorage(stateDir).manifests.list(campaign);
  await writeFile(join(target, 'manifests.json'), `${JSON.stringify(manifests, null, 2)}\n`);
  const { eventFiles } = openStorage(stateDir);
  for (const part of eventParts)
    for (const name of await eventFiles.list(campaign, part)) {
      await mkdir(join(target, part), { recursive: true });
      await writeFile(join(target, part, name), await eventFiles.read(campaign, part, name));
    }
  const objects = await objectsOf(stateDir, reader.store, campaign, (object, error) => {
    throw new Error(`object ${object} can't be exported: ${(error as Error).message}`);
  });
  for (const digest of objects) {
    const path = objectPath(join(dir, 'store'), digest);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await reader.store.get(digest));
  }
  return objects.size;
};
