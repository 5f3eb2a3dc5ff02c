import type { KeyObject } from 'node:crypto';
import { treeSchema } from '../../contract/rows.js';
import { subjectsOf } from '../../core/audit/statement.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { isSignedBy, keyIdOf } from '../../core/hash/envelope.js';
import { type AuditCheck, startCheck, tally } from './check.js';
import { faultIn } from './fault-in.js';
import type { AuditRecord, Link } from './record.js';

/** Whose signature is asked for, and whether a manifest without one may pass. */
export interface TrustedKey {
  key: KeyObject | undefined;
  /** The key was named by the auditor: then everything must be signed. */
  named: boolean;
}

/** Every manifest is signed by the key, but for those that were sealed before there were signatures. */
export const checkSignatures = ({ links }: AuditRecord, { key, named }: TrustedKey): AuditCheck => {
  const check = startCheck('signatures');
  const firstSigned = links.findIndex(({ signed }) => signed);
  let unsigned = 0;
  for (const [at, link] of links.entries()) {
    const fault = (what: string) => ({ link: link.name, object: link.entry.manifest, what });
    if (link.signed) {
      const bySomeone = key !== undefined && isSignedBy(link.signed.envelope, key);
      const by = link.signed.envelope.signatures.map(({ keyid }) => keyid).join(', ');
      const expected = key ? keyIdOf(key) : 'a key, and there is none beside the record: give --key';
      tally(check, bySomeone ? undefined : fault(`signed as ${by}, which does not verify with ${expected}`));
      continue;
    }
    const mayPass = !named && link.manifest.content.version === 1 && (firstSigned === -1 || at < firstSigned);
    unsigned++;
    tally(check, mayPass ? undefined : fault('the manifest is not signed'));
  }
  if (key) check.notes.push(`key ${keyIdOf(key)}${named ? '' : ', kept beside the record: --key names one you trust'}`);
  if (unsigned > 0) check.notes.push(`${unsigned} sealed without a signature, as an earlier version did`);
  return check;
};

/** The content digest is the content's, and the statement's subjects are what the manifest names. */
export const checkStatements = async (record: AuditRecord): Promise<AuditCheck> => {
  const check = startCheck('content digests and statements');
  for (const link of record.links) {
    const fault = (what: string) => ({ link: link.name, object: link.entry.manifest, what });
    const { manifest, contentDigest, signed } = link;
    const same = manifest.contentDigest === contentDigest;
    tally(check, same ? undefined : fault(`its content has digest ${contentDigest}, not ${manifest.contentDigest}`));
    if (!signed) continue;
    const expected = await expectedSubjects(record, link).catch((error) => void faultIn(error));
    const matching = expected !== undefined && canonicalJson(expected) === canonicalJson(signed.statement.subject);
    tally(check, matching ? undefined : fault("the statement's subjects are not what the manifest names"));
  }
  return check;
};

const expectedSubjects = async (record: AuditRecord, { manifest }: Link) => {
  const tree = manifest.content.produced?.adapter;
  if (tree === undefined) return subjectsOf(manifest, undefined);
  return subjectsOf(manifest, treeSchema.parse(JSON.parse((await record.read(tree)).toString('utf8'))));
};

/** Each manifest names the one before, by content and, where signed, whole; kinds and rounds follow one another. */
export const checkChain = ({ links }: AuditRecord): AuditCheck => {
  const check = startCheck('chain of manifests');
  const chain = links.filter(({ counts }) => counts);
  for (const [at, link] of chain.entries()) {
    const before = chain[at - 1];
    const fault = (what: string) => ({ link: link.name, object: link.entry.manifest, what });
    const { content, circumstances } = link.manifest;
    const expected = before?.contentDigest ?? null;
    const named = `names ${content.previous} as the content before it, which is ${expected}`;
    tally(check, content.previous === expected ? undefined : fault(named));
    const whole = before?.entry.manifest ?? null;
    if (link.signed && circumstances.previousManifest !== whole)
      tally(check, fault(`names ${circumstances.previousManifest} as the manifest before it, which is ${whole}`));
    const place = placeFault(link, before);
    if (place !== undefined) tally(check, fault(place));
  }
  return check;
};

const placeFault = ({ entry }: Link, before: Link | undefined): string | undefined => {
  if (!before) return entry.kind === 'base' ? undefined : 'it is the first of the record, where the base must be';
  if (before.entry.kind === 'campaign') return "it comes after the campaign's end";
  if (entry.kind === 'base') return 'the base comes first, and once';
  const expected = entry.kind === 'round' ? before.entry.round + 1 : before.entry.round;
  return entry.round === expected ? undefined : `it says round ${entry.round} where round ${expected} follows`;
};
