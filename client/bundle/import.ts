import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestEntry } from '../../activities/ports.js';
import { type EventFiles, eventParts } from '../../adapters/store/event-files.js';
import { openFolderStore } from '../../adapters/store/folder-store.js';
import { isShared, openStorage } from '../../adapters/store/open-storage.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import { InputError } from '../../contract/failures.js';
import { firstFault } from '../audit/check.js';
import { objectsOf } from '../audit/referenced.js';
import { verifyCampaign } from '../audit/verify.js';
import { findCampaign } from '../campaign-folder.js';

/**
 * Takes a bundle's campaign in, also where the state folder's objects lie in a bucket. It is verified first, by `publicKey` where one
 * is given, and nothing is written unless all of it holds. Repeating an import changes nothing.
 * @throws InputError that names the first broken link
 */
export const importBundle = async (
  bundle: string,
  stateDir: string,
  publicKey?: Buffer,
): Promise<{ campaign: string; objects: number }> => {
  const record = join(bundle, 'record');
  await refuseLinks(bundle);
  const { campaign } = await findCampaign(record, undefined);
  const fault = firstFault(await verifyCampaign(record, campaign, { publicKey, strict: true }));
  if (fault) throw new InputError(`${bundle} does not verify: ${fault.link}: ${fault.what} (${fault.object})`);
  const source = join(record, 'campaigns', campaign);
  const target = join(stateDir, 'campaigns', campaign);
  const files = (await readdir(source, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(source.length + 1)).sort();
  const there = openStorage(stateDir);
  const entries = await openStorage(record).manifests.list(campaign);
  await refuseOther({ source, target, paths, campaign });
  refuseOtherSeals(campaign, entries, await there.manifests.list(campaign));
  const from = openFolderStore(join(record, 'store'));
  const objects = await objectsOf(record, from, campaign);
  for (const digest of objects) await there.store.put(await from.get(digest));
  for (const path of paths.filter((one) => one !== manifestsFile && !isOfLog(one)))
    await writeDurably(join(target, path), await readFile(join(source, path)));
  await copyLog(campaign, openStorage(record).eventFiles, there.eventFiles);
  // The list of manifests last: without it the campaign is not there.
  if (isShared(stateDir)) for (const entry of entries) await there.manifests.append(campaign, entry);
  else await writeDurably(join(target, manifestsFile), await readFile(join(source, manifestsFile)));
  return { campaign, objects: objects.size };
};

/** A link in a bundle could name any file of this machine. */
const refuseLinks = async (dir: string): Promise<void> => {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if ((await lstat(path)).isSymbolicLink()) throw new InputError(`${path} is a symbolic link: no bundle has one`);
  }
};

const manifestsFile = 'manifests.json';
const isOfLog = (path: string): boolean => eventParts.some((part) => path.startsWith(`${part}/`));

const copyLog = async (campaign: string, from: EventFiles, to: EventFiles): Promise<void> => {
  for (const part of eventParts)
    for (const name of await from.list(campaign, part))
      await to.writeOnce(campaign, part, name, await from.read(campaign, part, name));
};

interface Copy {
  source: string;
  target: string;
  paths: string[];
  campaign: string;
}

const refuseOther = async ({ source, target, paths, campaign }: Copy): Promise<void> => {
  for (const path of paths) {
    const there = await readFile(join(target, path)).catch(() => undefined);
    if (there === undefined || there.equals(await readFile(join(source, path)))) continue;
    throw new InputError(`campaign ${campaign} is here already, with another ${path}: nothing was imported`);
  }
};

/** An import that was cut off in a bucket left the first seals of the same list. */
const refuseOtherSeals = (
  campaign: string,
  bundled: readonly ManifestEntry[],
  there: readonly ManifestEntry[],
): void => {
  const same = there.every(({ manifest }, at) => manifest === bundled[at]?.manifest);
  if (!same) throw new InputError(`campaign ${campaign} is here already, with other seals: nothing was imported`);
};
