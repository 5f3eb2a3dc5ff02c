import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolderStore } from '../../adapters/store/folder-store.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import { InputError } from '../../contract/failures.js';
import { firstFault } from '../audit/check.js';
import { objectsOf } from '../audit/referenced.js';
import { verifyCampaign } from '../audit/verify.js';
import { findCampaign } from '../campaign-folder.js';

/**
 * Takes a bundle's campaign in. It is verified first, by `publicKey` where one is given, and nothing is written unless
 * all of it holds. Repeating an import changes nothing. @throws InputError that names the first broken link
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
  await refuseOther({ source, target, paths, campaign });
  const from = openFolderStore(join(record, 'store'));
  const to = openFolderStore(join(stateDir, 'store'));
  const objects = await objectsOf(record, from, campaign);
  for (const digest of objects) await to.put(await from.get(digest));
  // The list of manifests last: without it the campaign is not there.
  for (const path of [...paths.filter((one) => one !== 'manifests.json'), 'manifests.json'])
    await writeDurably(join(target, path), await readFile(join(source, path)));
  return { campaign, objects: objects.size };
};

/** A link in a bundle could name any file of this machine. */
const refuseLinks = async (dir: string): Promise<void> => {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if ((await lstat(path)).isSymbolicLink()) throw new InputError(`${path} is a symbolic link: no bundle has one`);
  }
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
