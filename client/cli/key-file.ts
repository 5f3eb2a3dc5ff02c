import { readFile } from 'node:fs/promises';
import { InputError } from '../../contract/failures.js';
import { readPublicKey } from '../../core/hash/envelope.js';

/** Reads what `--key` names. @throws InputError where it is no Ed25519 public key */
export const readKeyFile = async (path: string): Promise<Buffer> => {
  const pem = await readFile(path).catch((cause: Error) => {
    throw new InputError(`--key ${path}: ${cause.message}`, { cause });
  });
  try {
    readPublicKey(pem);
    return pem;
  } catch (cause) {
    throw new InputError(`--key ${path} is no Ed25519 public key (PEM)`, { cause });
  }
};
