import { type Envelope, envelopeSchema } from '../../contract/envelope.js';
import { type Manifest, manifestSchema } from '../../contract/manifest.js';
import { type Statement, statementPayloadType, statementSchema } from '../../contract/statement.js';
import { canonicalJson } from '../canonical-json.js';
import { digestOfValue } from './digest.js';
import { payloadOf } from './envelope.js';

/** A manifest object as it was stored: signed, or as manifests were before there were signatures. */
export interface ReadManifest {
  manifest: Manifest;
  /** Digest of the content part as it stands, keys that this version does not know included. */
  contentDigest: string;
  signed?: { envelope: Envelope; statement: Statement };
}

type Raw = { content?: unknown };

const canonical = (bytes: Uint8Array, what: string): unknown => {
  const text = Buffer.from(bytes).toString('utf8');
  const value: unknown = JSON.parse(text);
  if (canonicalJson(value) !== text) throw new Error(`${what} is not in canonical form (RFC 8785)`);
  return value;
};

/** Parses a manifest object. @throws Error that says what of it is not as sealing writes it */
export const readManifest = (bytes: Uint8Array): ReadManifest => {
  const value = canonical(bytes, 'the object');
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return ofRaw(value as Raw);
  const { payloadType } = envelope.data;
  if (payloadType !== statementPayloadType) throw new Error(`the envelope holds ${payloadType}, not a statement`);
  const statement = canonical(payloadOf(envelope.data), 'the statement') as { predicate?: Raw };
  const parsed = statementSchema.parse(statement);
  return { ...ofRaw(statement.predicate ?? {}), signed: { envelope: envelope.data, statement: parsed } };
};

const ofRaw = (raw: Raw): ReadManifest => ({
  manifest: manifestSchema.parse(raw),
  contentDigest: digestOfValue(raw.content),
});
