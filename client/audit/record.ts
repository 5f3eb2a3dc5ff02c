import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestEntry, ObjectStore } from '../../activities/ports.js';
import { publicKeyPath } from '../../adapters/audit/seal-key.js';
import { openStorage } from '../../adapters/store/open-storage.js';
import type { Digest } from '../../contract/digest.js';
import { countingSeals } from '../../core/audit/counting.js';
import { type ReadManifest, readManifest } from '../../core/hash/read-manifest.js';
import { type AuditCheck, startCheck, tally } from './check.js';
import { faultIn } from './fault-in.js';

/** A sealed link as an audit sees it. `counts` is false for a seal that a later one of the same round replaced. */
export interface Link extends ReadManifest {
  name: string;
  entry: ManifestEntry;
  counts: boolean;
}

/** What every check of an audit works on. */
export interface AuditRecord {
  stateDir: string;
  campaign: string;
  store: ObjectStore;
  /** Reads an object, and remembers that its bytes were those of its name. */
  read(digest: Digest): Promise<Buffer>;
  /** Objects whose bytes were checked in this audit. */
  verified: Set<Digest>;
  /** Every link that could be read, in the order they were sealed. */
  links: Link[];
  /** The manifests' list as it stands, readable or not. */
  entries: ManifestEntry[];
}

export const linkName = ({ kind, round }: Pick<ManifestEntry, 'kind' | 'round'>): string =>
  kind === 'round' ? `round ${round}` : kind;

/** Opens a campaign's record; what can't be read of its manifests is a fault of the check it returns. */
export const openRecord = async (
  stateDir: string,
  campaign: string,
): Promise<{ record: AuditRecord; check: AuditCheck }> => {
  const check = startCheck('manifests');
  const { store } = openStorage(stateDir);
  const verified = new Set<Digest>();
  const read = async (digest: Digest): Promise<Buffer> => {
    const bytes = await store.get(digest);
    verified.add(digest);
    return bytes;
  };
  const entries = await listEntries(stateDir, campaign, check);
  const links: Link[] = [];
  const counting = new Set(countingSeals(entries));
  for (const entry of entries) {
    const link = await readLink(read, entry, check, campaign);
    if (link) links.push({ ...link, counts: counting.has(entry) });
  }
  return { record: { stateDir, campaign, store, read, verified, links, entries }, check };
};

const listEntries = async (stateDir: string, campaign: string, check: AuditCheck): Promise<ManifestEntry[]> => {
  const object = join(stateDir, 'campaigns', campaign, 'manifests.json');
  try {
    const entries = await openStorage(stateDir).manifests.list(campaign);
    const text = await readFile(object, 'utf8').catch(() => '');
    if (text !== '' && text !== `${JSON.stringify(JSON.parse(text), null, 2)}\n`)
      tally(check, { link: 'base', object, what: 'the list of manifests is not as sealing writes it' });
    if (entries.length === 0) tally(check, { link: 'base', object, what: 'there is no sealed manifest' });
    return entries;
  } catch (error) {
    tally(check, { link: 'base', object, what: faultIn(error) });
    return [];
  }
};

const readLink = async (
  read: AuditRecord['read'],
  entry: ManifestEntry,
  check: AuditCheck,
  campaign: string,
): Promise<Omit<Link, 'counts'> | undefined> => {
  const name = linkName(entry);
  const fault = (what: string) => ({ link: name, object: entry.manifest, what });
  try {
    const link = readManifest(await read(entry.manifest));
    const { content } = link.manifest;
    const says = `${content.campaign}, ${linkName(content)}`;
    const asked = `${campaign}, ${name}`;
    tally(check, says === asked ? undefined : fault(`it is the manifest of ${says}, not of ${asked}`));
    return { ...link, name, entry };
  } catch (error) {
    tally(check, fault(`the manifest can't be read: ${faultIn(error)}`));
    return undefined;
  }
};

/** The key a record came with: an imported campaign's own, else this installation's. Undefined where there is none. */
export const keyBeside = async (stateDir: string, campaign: string): Promise<Buffer | undefined> => {
  for (const path of [join(stateDir, 'campaigns', campaign, 'seal.pub'), publicKeyPath(stateDir)]) {
    const pem = await readFile(path).catch(() => undefined);
    if (pem) return pem;
  }
  return undefined;
};
