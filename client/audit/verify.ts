import { openStorage } from '../../adapters/store/open-storage.js';
import type { Digest } from '../../contract/digest.js';
import { readPublicKey } from '../../core/hash/envelope.js';
import type { AuditCheck } from './check.js';
import { checkEvents } from './event-checks.js';
import { faultIn } from './fault-in.js';
import { checkChain, checkSignatures, checkStatements, type TrustedKey } from './manifest-checks.js';
import { startNumberChecks } from './number-check-set.js';
import { checkBest, checkNumbers } from './number-checks.js';
import { checkObjects, checkStore } from './object-checks.js';
import { refuseShared } from './offline.js';
import { type AuditRecord, keyBeside, openRecord } from './record.js';
import { objectsOf } from './referenced.js';

export interface VerifyOptions {
  /** The public key that must have signed everything, as PEM. Without it the key beside the record is used, and said. */
  publicKey?: string | Uint8Array | undefined;
  /** A record that stands alone, as a bundle's: an object that no seal refers to is then a fault. */
  strict?: boolean;
  /** Told of rows as they are read. */
  onRows?: (rows: number) => void;
}

/**
 * Proves a campaign's record from its files alone, and computes each of its numbers again from the rows.
 * @throws NextuneFailure storeUnavailable where its bucket can't be reached, or not to the end
 */
export const verifyCampaign = async (
  stateDir: string,
  campaign: string,
  { publicKey, strict = false, onRows }: VerifyOptions = {},
): Promise<AuditCheck[]> => {
  if (strict) refuseShared(stateDir);
  const { record, check: manifests } = await openRecord(stateDir, campaign);
  const trusted = await trustedKey(record, publicKey);
  const numbers = startNumberChecks();
  for (const link of record.links) {
    await checkNumbers(record, numbers, link, onRows);
    await checkObjects(record, numbers, link);
  }
  checkBest(numbers.selection, record.links);
  const statements = await checkStatements(record);
  const events = await checkEvents(record, trusted);
  const { objects, trees, rows, counts, scores, selection } = numbers;
  return [
    manifests,
    checkSignatures(record, trusted),
    statements,
    checkChain(record),
    events,
    objects,
    trees,
    rows,
    counts,
    scores,
    selection,
    await checkStore(record, await referencedBy(record), { strict }),
  ];
};

const trustedKey = async (record: AuditRecord, named: VerifyOptions['publicKey']): Promise<TrustedKey> => {
  const pem = named ?? (await keyBeside(record.stateDir, record.campaign));
  return { key: pem === undefined ? undefined : readPublicKey(pem), named: named !== undefined };
};

const referencedBy = async ({ stateDir, store }: AuditRecord): Promise<Set<Digest>> => {
  const all = new Set<Digest>();
  for (const campaign of await openStorage(stateDir).manifests.campaigns()) {
    const objects = await objectsOf(stateDir, store, campaign).catch((error) => void faultIn(error));
    for (const digest of objects ?? []) all.add(digest);
  }
  return all;
};
