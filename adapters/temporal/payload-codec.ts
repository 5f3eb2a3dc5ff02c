import { execFileSync } from 'node:child_process';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { InputError } from '../../contract/failures.js';

const { Payload: WirePayload } = proto.temporal.api.common.v1;

const encoding = 'binary/encrypted';
const ivBytes = 12;
const tagBytes = 16;

interface Key {
  id: string;
  bytes: Buffer;
}

/** SHA-256 of the key, cut: names it in a history and tells nothing of it. */
const keyOf = (bytes: Buffer): Key => ({ id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes });

/**
 * Encrypts every payload of a history with AES-256-GCM (NIST SP 800-38D), a random 96-bit nonce each. The first key encrypts,
 * all decrypt, so that keys can be changed while campaigns run. Headers, ids and search attributes stay plain.
 */
export class AesGcmCodec implements PayloadCodec {
  readonly #keys: Map<string, Key>;
  readonly #current: Key;

  constructor(keys: readonly [Buffer, ...Buffer[]]) {
    this.#current = keyOf(keys[0]);
    this.#keys = new Map(keys.map((bytes) => [keyOf(bytes).id, keyOf(bytes)]));
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#encrypt(payload)));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (textOf(payload, 'encoding') === encoding ? this.#decrypt(payload) : payload));
  }

  #encrypt(payload: Payload): Payload {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#current.bytes, iv);
    cipher.setAAD(Buffer.from(this.#current.id));
    const sealed = Buffer.concat([cipher.update(WirePayload.encode(payload).finish()), cipher.final()]);
    return {
      metadata: { encoding: Buffer.from(encoding), 'encryption-key-id': Buffer.from(this.#current.id) },
      data: Buffer.concat([iv, sealed, cipher.getAuthTag()]),
    };
  }

  #decrypt(payload: Payload): Payload {
    const id = textOf(payload, 'encryption-key-id');
    const key = this.#keys.get(id);
    if (!key)
      throw new Error(`payload encrypted with key ${id}, which is not among ${[...this.#keys.keys()].join(', ')}`);
    const data = Buffer.from(payload.data ?? []);
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, data.subarray(0, ivBytes));
    decipher.setAAD(Buffer.from(id));
    decipher.setAuthTag(data.subarray(-tagBytes));
    const opened = Buffer.concat([decipher.update(data.subarray(ivBytes, -tagBytes)), decipher.final()]);
    return WirePayload.decode(opened);
  }
}

const textOf = (payload: Payload, name: string): string => Buffer.from(payload.metadata?.[name] ?? []).toString('utf8');

/**
 * The converter that the environment asks for: `NEXTUNE_PAYLOAD_KEY_FILE`, or `NEXTUNE_PAYLOAD_KEY_COMMAND` (a program and its
 * arguments, run without a shell). Either gives keys of 32 bytes in base64, a line each. Undefined without them.
 * @throws InputError when there is no such key
 */
export const payloadConverter = (env: NodeJS.ProcessEnv): DataConverter | undefined => {
  const text = keyText(env);
  if (text === undefined) return undefined;
  const [first, ...others] = text.split('\n').filter((line) => line.trim() !== '');
  if (first === undefined)
    throw new InputError('no payload key: a line of 32 bytes in base64 is needed (openssl rand -base64 32)');
  return { payloadCodecs: [new AesGcmCodec([keyBytes(first), ...others.map(keyBytes)])] };
};

const keyText = (env: NodeJS.ProcessEnv): string | undefined => {
  const { NEXTUNE_PAYLOAD_KEY_FILE: file, NEXTUNE_PAYLOAD_KEY_COMMAND: command } = env;
  try {
    if (file) return readFileSync(file, 'utf8');
    const [program, ...args] = command?.split(' ').filter((word) => word !== '') ?? [];
    return program && execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`the payload key can't be read from ${file ?? command}: ${said}`, { cause });
  }
};

const keyBytes = (line: string): Buffer => {
  const bytes = Buffer.from(line.trim(), 'base64');
  if (bytes.length === 32) return bytes;
  throw new InputError(`a payload key has 32 bytes in base64 (openssl rand -base64 32); this one has ${bytes.length}`);
};
