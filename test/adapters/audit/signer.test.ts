import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKeyPath, sealKeyPath } from '../../../adapters/audit/seal-key.js';
import { rememberSealing } from '../../../adapters/audit/sealing-settings.js';
import { openSigner } from '../../../adapters/audit/signer.js';
import { isSignedBy, readPublicKey } from '../../../core/hash/envelope.js';

const payload = Buffer.from('{"a":1}');

describe('signing', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-signer-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const publicKey = () => readPublicKey(readFileSync(publicKeyPath(dir)));

  it('makes its key on first use, for its owner alone, and keeps it', async () => {
    const first = await openSigner(dir).sign('text/plain', payload);
    expect(statSync(sealKeyPath(dir)).mode & 0o777).toBe(0o600);
    expect(await openSigner(dir).sign('text/plain', payload)).toEqual(first);
    expect(isSignedBy(first, publicKey())).toBe(true);
    expect(await openSigner(dir).keyId()).toBe(first.signatures[0]?.keyid);
  });

  it('refuses a key that others may read, and says what to do', async () => {
    await openSigner(dir).sign('text/plain', payload);
    chmodSync(sealKeyPath(dir), 0o644);
    await expect(openSigner(dir).sign('text/plain', payload)).rejects.toThrow(/chmod 600/);
  });

  it('makes no other key where one was lost: it says what to restore, and goes on once it is there again', async () => {
    const first = await openSigner(dir).sign('text/plain', payload);
    const key = readFileSync(sealKeyPath(dir));
    rmSync(sealKeyPath(dir));
    await expect(openSigner(dir).sign('text/plain', payload)).rejects.toThrow(/is gone.*restore the key/);
    writeFileSync(sealKeyPath(dir), key, { mode: 0o600 });
    expect(await openSigner(dir).sign('text/plain', payload)).toEqual(first);
  });

  it('signs payload and type: neither another payload nor another type passes', async () => {
    const envelope = await openSigner(dir).sign('text/plain', payload);
    expect(isSignedBy({ ...envelope, payloadType: 'text/html' }, publicKey())).toBe(false);
    expect(isSignedBy({ ...envelope, payload: Buffer.from('{"a":2}').toString('base64') }, publicKey())).toBe(false);
  });

  describe('with a command', () => {
    const program = (dir: string, encoding: string): string[] => {
      const path = join(dir, 'kms.mjs');
      writeFileSync(
        path,
        `import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
const signature = sign(null, readFileSync(0), readFileSync('held.pem'));
process.stdout.write(${encoding});
`,
      );
      return [process.execPath, path];
    };
    const configure = async (encoding: string, publicPem?: string): Promise<void> => {
      const pair = generateKeyPairSync('ed25519');
      writeFileSync(join(dir, 'held.pem'), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
      writeFileSync(join(dir, 'pub.pem'), publicPem ?? pair.publicKey.export({ type: 'spki', format: 'pem' }));
      await rememberSealing(dir, { signCommand: program(dir, encoding), publicKey: 'pub.pem', variables: [] }, dir);
    };

    it.each(['signature', "signature.toString('base64') + '\\n'"])('takes its answer as %s', async (encoding) => {
      await configure(encoding);
      const envelope = await openSigner(dir).sign('text/plain', payload);
      expect(isSignedBy(envelope, publicKey())).toBe(true);
    });

    it('names its key without asking for a signature, as its signatures do', async () => {
      await configure('undefinedName');
      const named = await openSigner(dir).keyId();
      await rememberSealing(
        dir,
        { signCommand: program(dir, 'signature'), publicKey: join(dir, 'pub.pem'), variables: [] },
        dir,
      );
      const { signatures } = await openSigner(dir).sign('text/plain', payload);
      expect(named).toBe(signatures[0]?.keyid);
    });

    it('keeps no signature that is not the configured key’s', async () => {
      await configure(
        'signature',
        generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string,
      );
      await expect(openSigner(dir).sign('text/plain', payload)).rejects.toThrow(/not the public key's/);
    });

    it('says which command failed and why', async () => {
      await rememberSealing(dir, { signCommand: ['false'], publicKey: publicKeyPath(dir), variables: [] }, dir);
      await expect(openSigner(dir).sign('text/plain', payload)).rejects.toThrow(/publicKey .* can't be read/);
      await configure('undefinedName');
      await expect(openSigner(dir).sign('text/plain', payload)).rejects.toMatchObject({ kind: 'sealingFailed' });
    });
  });
});
