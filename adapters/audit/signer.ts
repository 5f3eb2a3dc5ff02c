import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Signer } from '../../activities/ports.js';
import type { SealingConfig } from '../../contract/config.js';
import type { Envelope } from '../../contract/envelope.js';
import { NextuneFailure } from '../../contract/failures.js';
import { isSignedBy, keyIdOf, preAuthEncoding, readPublicKey } from '../../core/hash/envelope.js';
import { writeDurably } from '../store/write-durably.js';
import { runSealingCommand } from './run-command.js';
import { ensureSealKey, publicKeyPath } from './seal-key.js';
import { commandDir, readSealing } from './sealing-settings.js';

const ed25519SignatureBytes = 64;

/** Signs with the state folder's key, or with the command that its configuration names. */
export const openSigner = (stateDir: string): Signer => ({
  async sign(payloadType, payload) {
    const sealing = await readSealing(stateDir);
    const signed = preAuthEncoding(payloadType, payload);
    const { keyid, sig } = await (sealing.signCommand === undefined
      ? signWithKey(stateDir, signed)
      : signWithCommand(stateDir, sealing, signed));
    const encoded = Buffer.from(payload).toString('base64');
    const envelope: Envelope = { payload: encoded, payloadType, signatures: [{ keyid, sig: sig.toString('base64') }] };
    await refuseForeign(stateDir, envelope);
    return envelope;
  },
  async keyId() {
    const sealing = await readSealing(stateDir);
    return keyIdOf(sealing.signCommand === undefined ? await ownKey(stateDir) : await commandKey(sealing));
  },
});

type Signature = { keyid: string; sig: Buffer };

const signWithKey = async (stateDir: string, signed: Buffer): Promise<Signature> => {
  const key = await ensureSealKey(stateDir);
  return { keyid: keyIdOf(createPublicKey(key)), sig: sign(null, signed, key) };
};

const ownKey = async (stateDir: string): Promise<KeyObject> => createPublicKey(await ensureSealKey(stateDir));

/** The public half of the key that the command holds. */
const commandKey = async ({ publicKey = '' }: SealingConfig): Promise<KeyObject> => {
  const pem = await readFile(publicKey).catch((cause: Error) => {
    throw new NextuneFailure('sealingFailed', `sealing.publicKey ${publicKey} can't be read: ${cause.message}`, {
      cause,
    });
  });
  return readPublicKey(pem);
};

/** The command gets the bytes to sign and answers with 64 raw bytes or with base64, as KMS command lines do. */
const signWithCommand = async (stateDir: string, sealing: SealingConfig, signed: Buffer): Promise<Signature> => {
  const { signCommand = [], variables } = sealing;
  const key = await commandKey(sealing);
  await writeDurably(publicKeyPath(stateDir), key.export({ type: 'spki', format: 'pem' }));
  const cwd = commandDir(stateDir);
  const answer = await runSealingCommand({
    what: 'signing command',
    command: signCommand,
    variables,
    cwd,
    input: signed,
  });
  const sig = answer.length === ed25519SignatureBytes ? answer : Buffer.from(answer.toString('utf8').trim(), 'base64');
  return { keyid: keyIdOf(key), sig };
};

/** Nothing is kept that the public key beside the record would not prove. */
const refuseForeign = async (stateDir: string, envelope: Envelope): Promise<void> => {
  if (isSignedBy(envelope, readPublicKey(await readFile(publicKeyPath(stateDir))))) return;
  throw new NextuneFailure(
    'sealingFailed',
    "the signature is not the public key's: check sealing.signCommand and sealing.publicKey against each other",
  );
};
