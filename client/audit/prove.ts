import { z } from 'zod';
import { digestSchema } from '../../contract/digest.js';
import { type Envelope, envelopeSchema } from '../../contract/envelope.js';
import { InputError } from '../../contract/failures.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { isSignedBy, readPublicKey } from '../../core/hash/envelope.js';
import { inclusionProof, leafHash, provesInclusion } from '../../core/hash/merkle.js';
import { readManifest } from '../../core/hash/read-manifest.js';
import { rowBytes } from '../../core/hash/rows-tree.js';
import type { CampaignReader, SealedRound } from '../campaign-reader.js';
import { drawsOf } from './draws.js';
import { findRow, type RowName } from './find-row.js';

const rowProofSchema = z.strictObject({
  row: z.string(),
  index: z.int().nonnegative(),
  size: z.int().positive(),
  root: digestSchema,
  /** Hashes from the leaf up, in hex (RFC 9162, 2.1.3). */
  path: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
});

/** A sample and its verdict, proved to be in a signed manifest without any other row. */
export const sampleProofSchema = z.strictObject({
  version: z.literal(1),
  sample: rowProofSchema,
  verdict: rowProofSchema,
  envelope: envelopeSchema,
});
export type SampleProof = z.infer<typeof sampleProofSchema>;

/** Makes the proof. @throws InputError where the rows were sealed without a Merkle root, or the manifest unsigned */
export const proveSample = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  name: RowName,
): Promise<SampleProof> => {
  const { round, shard, at } = await findRow(reader, sealed, name);
  const { signed } = readManifest(await reader.store.get(round.entry.manifest));
  if (!signed) throw new InputError('its manifest was sealed before there were signatures, so nothing proves it alone');
  const proof = async (ref: typeof shard.samples): Promise<z.infer<typeof rowProofSchema>> => {
    if (ref.root === undefined) throw new InputError(`object ${ref.digest} was sealed before there were Merkle roots`);
    const rows = [...rowBytes(await reader.store.get(ref.digest))];
    const path = inclusionProof(rows.map(leafHash), at).map((hash) => hash.toString('hex'));
    return { row: Buffer.from(rows[at] ?? []).toString('utf8'), index: at, size: rows.length, root: ref.root, path };
  };
  return {
    version: 1,
    sample: await proof(shard.samples),
    verdict: await proof(shard.verdicts),
    envelope: signed.envelope,
  };
};

/** Undefined where the proof holds under the key; else what does not. */
export const sampleProofFault = (
  { sample, verdict, envelope }: SampleProof,
  publicKey: Uint8Array,
): string | undefined => {
  if (!isSignedBy(envelope, readPublicKey(publicKey))) return "the manifest's signature does not verify with this key";
  for (const [what, proof] of Object.entries({ sample, verdict }))
    if (!holds(proof)) return `the ${what}'s row does not lead to its root`;
  const draws = drawsOf(manifestOf(envelope).content);
  const sealed = draws.some(({ shards }) =>
    shards.some((shard) => shard.samples.root === sample.root && shard.verdicts.root === verdict.root),
  );
  if (!sealed) return 'the manifest names no shard with these roots';
  return sample.index === verdict.index ? undefined : 'sample and verdict stand at different places of their shard';
};

const manifestOf = (envelope: Envelope) => readManifest(Buffer.from(canonicalJson(envelope))).manifest;

const holds = ({ row, index, size, path, root }: z.infer<typeof rowProofSchema>): boolean =>
  provesInclusion({
    leaf: leafHash(row),
    index,
    size,
    path: path.map((hash) => Buffer.from(hash, 'hex')),
    root: Buffer.from(root.slice('sha256:'.length), 'hex'),
  });
