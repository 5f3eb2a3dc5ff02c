import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isShared, listShared } from '../../adapters/store/open-storage.js';
import { contentOf } from '../../adapters/store/packed.js';
import type { Digest } from '../../contract/digest.js';
import { treeSchema } from '../../contract/rows.js';
import { referencesOf } from '../../core/audit/references.js';
import { digestOf } from '../../core/hash/digest.js';
import { type AuditCheck, startCheck, tally } from './check.js';
import { faultIn } from './fault-in.js';
import type { AuditRecord, Link } from './record.js';
import { type RowChecks, readObject, readTree } from './rows.js';

/** What a manifest names and no earlier check has read: tasks, traces, adapter files, score objects, environment. */
export const checkObjects = async (
  record: AuditRecord,
  checks: Pick<RowChecks, 'objects' | 'trees'>,
  { name, manifest }: Link,
): Promise<void> => {
  for (const { digest, what, rows, root } of referencesOf(manifest)) {
    if (record.verified.has(digest) && rows !== undefined && root === undefined) continue;
    const of = { link: name, what };
    if (rows !== undefined) {
      await readTree(record, checks, { digest, rows, ...(root !== undefined && { root }) }, of);
      continue;
    }
    const bytes = await readObject(record, checks.objects, digest, of);
    if (bytes && what === 'adapter') await checkTree(record, checks.objects, name, bytes, digest);
  }
};

const checkTree = async (
  record: AuditRecord,
  objects: AuditCheck,
  link: string,
  bytes: Buffer,
  digest: Digest,
): Promise<void> => {
  try {
    for (const file of treeSchema.parse(JSON.parse(bytes.toString('utf8'))).files)
      await readObject(record, objects, file.digest, { link, what: `adapter file ${file.path}` });
  } catch (error) {
    tally(objects, { link, object: digest, what: `adapter: ${faultIn(error)}` });
  }
};

/** The name that a file's content bears out; else what there is in its place. */
const storedDigest = async (path: string, digest: Digest): Promise<string> => {
  try {
    const stored = await readFile(path);
    return (await contentOf(stored, digest)) ? digest : digestOf(stored);
  } catch (error) {
    return faultIn(error);
  }
};

/** Every file in the store is an object with the bytes of its name; those that no seal refers to are counted. */
export const checkStore = async (
  record: AuditRecord,
  referenced: ReadonlySet<Digest>,
  { strict }: { strict: boolean },
): Promise<AuditCheck> => {
  const check = startCheck('every object in the store');
  const root = join(record.stateDir, 'store', 'sha256');
  if (isShared(record.stateDir)) return await checkBucket(record, referenced, check);
  let unreferenced = 0;
  for (const prefix of (await readdir(root).catch(() => [])).sort()) {
    for (const rest of (await readdir(join(root, prefix)).catch(() => [])).sort()) {
      if (rest.endsWith('.tmp')) continue;
      const digest: Digest = `sha256:${prefix}${rest}`;
      const object = join(root, prefix, rest);
      const fault = (what: string) => ({ link: 'store', object, what });
      const actual = record.verified.has(digest) ? digest : await storedDigest(object, digest);
      const known = referenced.has(digest);
      if (!known) unreferenced++;
      if (actual !== digest) tally(check, fault(`its content is ${actual}`));
      else tally(check, strict && !known ? fault('nothing that was sealed refers to it') : undefined);
    }
  }
  if (!strict) noteUnreferenced(check, unreferenced);
  return check;
};

const noteUnreferenced = (check: AuditCheck, count: number): void => {
  if (count > 0) check.notes.push(`${count} that no seal refers to: work under way, or for nextune gc`);
};

/** The same for a bucket, which never stands alone. */
const checkBucket = async (
  record: AuditRecord,
  referenced: ReadonlySet<Digest>,
  check: AuditCheck,
): Promise<AuditCheck> => {
  const digests = await listShared(record.stateDir);
  for (const digest of digests) {
    const fault = record.verified.has(digest) ? undefined : await record.read(digest).then(() => undefined, faultIn);
    tally(check, fault === undefined ? undefined : { link: 'store', object: digest, what: fault });
  }
  noteUnreferenced(check, digests.filter((digest) => !referenced.has(digest)).length);
  return check;
};
