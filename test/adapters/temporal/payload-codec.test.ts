import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { AesGcmCodec, payloadConverter } from '../../../adapters/temporal/payload-codec.js';

const [key, newKey] = [randomBytes(32), randomBytes(32)];
const secret = { digest: 'sha256:abc', words: 'not for others' };
const payload = (): Payload => defaultPayloadConverter.toPayload(secret) as Payload;
const opened = async (codec: AesGcmCodec, payloads: Payload[]): Promise<unknown> =>
  defaultPayloadConverter.fromPayload((await codec.decode(payloads))[0] as Payload);

describe('the payload codec', () => {
  it('hides a payload and gives it back', async () => {
    const codec = new AesGcmCodec([key]);
    const [sealed] = await codec.encode([payload()]);
    expect(Buffer.from(sealed?.data ?? []).toString('latin1')).not.toContain('not for others');
    expect(Buffer.from(sealed?.metadata?.encoding ?? []).toString()).toBe('binary/encrypted');
    expect(await opened(codec, [sealed as Payload])).toEqual(secret);
  });

  it('encrypts equal payloads differently', async () => {
    const [first, second] = await new AesGcmCodec([key]).encode([payload(), payload()]);
    expect(first?.data).not.toEqual(second?.data);
  });

  it('reads what an older key encrypted, and encrypts with the first', async () => {
    const old = await new AesGcmCodec([key]).encode([payload()]);
    const both = new AesGcmCodec([newKey, key]);
    expect(await opened(both, old)).toEqual(secret);
    expect(await opened(new AesGcmCodec([newKey]), await both.encode([payload()]))).toEqual(secret);
  });

  it('names the key that it lacks', async () => {
    const sealed = await new AesGcmCodec([key]).encode([payload()]);
    await expect(new AesGcmCodec([newKey]).decode(sealed)).rejects.toThrow(/encrypted with key [0-9a-f]{16}, which/);
  });

  it.each([0, 12, 40, -1])('refuses a payload with a bit changed at byte %d', async (at) => {
    const [sealed] = await new AesGcmCodec([key]).encode([payload()]);
    const data = Buffer.from(sealed?.data ?? []);
    const byte = at < 0 ? data.length + at : at;
    data[byte] = (data[byte] ?? 0) ^ 1;
    await expect(new AesGcmCodec([key]).decode([{ ...sealed, data }])).rejects.toThrow();
  });

  it('leaves payloads from before it was in use as they are', async () => {
    expect(await opened(new AesGcmCodec([key]), [payload()])).toEqual(secret);
  });
});

describe('the payload key', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-key-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is not in use unless it is asked for', () => {
    expect(payloadConverter({})).toBeUndefined();
  });

  it('comes from a file, or from a command', async () => {
    const path = join(dir, 'key');
    writeFileSync(path, `${key.toString('base64')}\n`);
    const script = join(dir, 'keyring');
    writeFileSync(script, `#!/bin/sh\ncat "$1"\n`);
    chmodSync(script, 0o700);
    const sealed = await new AesGcmCodec([key]).encode([payload()]);
    for (const env of [{ NEXTUNE_PAYLOAD_KEY_FILE: path }, { NEXTUNE_PAYLOAD_KEY_COMMAND: `${script} ${path}` }]) {
      const [codec] = payloadConverter(env)?.payloadCodecs ?? [];
      expect(await opened(codec as AesGcmCodec, sealed)).toEqual(secret);
    }
  });

  it.each([
    ['too short', 'c2hvcnQ=\n', /32 bytes in base64 .* this one has 5/],
    ['empty', '\n', /no payload key/],
  ])('is refused when it is %s', (_, text, message) => {
    writeFileSync(join(dir, 'key'), text);
    expect(() => payloadConverter({ NEXTUNE_PAYLOAD_KEY_FILE: join(dir, 'key') })).toThrow(message);
  });

  it('is refused when there is none', () => {
    expect(() => payloadConverter({ NEXTUNE_PAYLOAD_KEY_FILE: join(dir, 'none') })).toThrow(/can't be read from/);
    expect(() => payloadConverter({ NEXTUNE_PAYLOAD_KEY_COMMAND: 'false' })).toThrow(/can't be read from false/);
  });
});
