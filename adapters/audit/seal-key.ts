import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NextuneFailure } from '../../contract/failures.js';
import { writeDurably, writeOnceDurably } from '../store/write-durably.js';

/** Beside the store, never in it: no object, bundle or listing holds the folder of keys. */
export const keysDir = (stateDir: string): string => join(stateDir, 'keys');
export const sealKeyPath = (stateDir: string): string => join(keysDir(stateDir), 'seal.key');
export const publicKeyPath = (stateDir: string): string => join(keysDir(stateDir), 'seal.pub');

const readOrUndefined = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

/**
 * The installation's Ed25519 key, made by `init` or on first use (PKCS 8 PEM, mode 0600); of two makers at once the first wins.
 * @throws NextuneFailure sealingFailed where it is gone and its public half is not, or where others may read it
 */
export const ensureSealKey = async (stateDir: string): Promise<KeyObject> => {
  const path = sealKeyPath(stateDir);
  // The public half is written after the key: read first, it can't be there without it.
  const known = await readOrUndefined(publicKeyPath(stateDir));
  if ((await readOrUndefined(path)) === undefined) {
    if (known !== undefined) throw lostKey(stateDir);
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeOnceDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  await refuseReadable(path);
  const key = createPrivateKey(await readFile(path));
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  if ((await readOrUndefined(publicKeyPath(stateDir))) !== pem) await writeDurably(publicKeyPath(stateDir), pem);
  await writeOnceDurably(join(keysDir(stateDir), '.gitignore'), '*\n');
  return key;
};

/** A new key in its place would break every check of what the old one signed. */
const lostKey = (stateDir: string): NextuneFailure =>
  new NextuneFailure(
    'sealingFailed',
    `${sealKeyPath(stateDir)} is gone, and ${publicKeyPath(stateDir)} is the public half of one that was there: restore the key from your backup (or name sealing.signCommand); to go on under a new key, move the public half away`,
  );

const othersMayRead = 0o077;

const refuseReadable = async (path: string): Promise<void> => {
  const { mode } = await stat(path);
  if ((mode & othersMayRead) === 0) return;
  throw new NextuneFailure(
    'sealingFailed',
    `${path} may be read by others (mode ${(mode & 0o777).toString(8)}): make a new key if it was seen, then chmod 600 ${path}`,
  );
};
