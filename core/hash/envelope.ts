import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Envelope } from '../../contract/envelope.js';

/** DSSE's pre-authentication encoding: what is signed, so that a payload can't pass for another type. */
export const preAuthEncoding = (payloadType: string, payload: Uint8Array): Buffer => {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
};

/** A public key's name: SHA-256 of its DER form (SPKI). A hint for finding the key, never a proof. */
export const keyIdOf = (key: KeyObject): string =>
  `sha256:${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`;

/** Reads an Ed25519 public key from PEM. @throws Error for another kind of key */
export const readPublicKey = (pem: string | Uint8Array): KeyObject => {
  const key = createPublicKey(Buffer.from(pem));
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`a public key of type ${key.asymmetricKeyType}, where Ed25519 is expected`);
};

export const payloadOf = ({ payload }: Envelope): Buffer => Buffer.from(payload, 'base64');

/** Base64 has spare bits at its end: only the form that encoding gives is taken, so that no changed character passes. */
const decodeStrictly = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

/** True where one of the envelope's signatures, under the key's own name, is the key's over this payload and type. */
export const isSignedBy = (envelope: Envelope, key: KeyObject): boolean => {
  const payload = decodeStrictly(envelope.payload);
  if (!payload) return false;
  const signed = preAuthEncoding(envelope.payloadType, payload);
  return envelope.signatures.some(({ keyid, sig }) => {
    const bytes = decodeStrictly(sig);
    return keyid === keyIdOf(key) && bytes !== undefined && verify(null, signed, key, bytes);
  });
};
