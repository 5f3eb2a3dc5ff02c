import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { publicKeyPath } from '../../../adapters/audit/seal-key.js';
import { openSigner } from '../../../adapters/audit/signer.js';
import { pythonEnv, resourcePath } from '../../../adapters/paths.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { exportCampaign } from '../../../client/bundle/export.js';
import { importBundle } from '../../../client/bundle/import.js';
import { startSealedCampaign } from '../../fakes/sealed-campaign.js';
import { sealedWorld, solving } from '../../fakes/sealed-world.js';

const attestation = readFileSync(resourcePath('docs', 'attestation.md'), 'utf8');
/** The program that the document shows to a stranger. */
const checkByLibraries = /```python\n([\s\S]*?)```/.exec(attestation)?.[1] ?? '';

const tools = ['bash', 'openssl', 'jq', 'sha256sum', 'base64'];
const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const withTools = missing.length === 0 ? it : it.skip;
const why = missing.length === 0 ? '' : ` (skipped: this machine has no ${missing.join(', ')})`;

describe('a bundle', () => {
  let sealed: Awaited<ReturnType<typeof sealedWorld>>;
  let root: string;
  let bundle: string;
  beforeAll(async () => {
    sealed = await sealedWorld();
    root = mkdtempSync(join(tmpdir(), 'nextune-bundle-'));
    bundle = join(root, 'bundle');
    await exportCampaign(sealed.stateDir, sealed.campaign, bundle);
  });
  afterAll(() => {
    rmSync(sealed.stateDir, { recursive: true });
    rmSync(root, { recursive: true });
  });
  const copy = (name: string): string => {
    cpSync(bundle, join(root, name), { recursive: true });
    return join(root, name);
  };

  it('stands alone: every check holds with the key from elsewhere, and nothing in it is unaccounted for', async () => {
    const publicKey = readFileSync(publicKeyPath(sealed.stateDir));
    const checks = await verifyCampaign(join(bundle, 'record'), sealed.campaign, { publicKey, strict: true });
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    expect(checks.every(({ checked }) => checked > 0)).toBe(true);
  });

  it("is refused under another's key", async () => {
    const stranger = mkdtempSync(join(root, 'stranger-'));
    await openSigner(stranger).sign('text/plain', Buffer.from('x'));
    const publicKey = readFileSync(publicKeyPath(stranger));
    await expect(importBundle(bundle, join(root, 'elsewhere'), publicKey)).rejects.toThrow(/does not verify/);
  });

  it('has a card whose head is YAML with base model, licence and results', () => {
    const card = readFileSync(join(bundle, 'README.md'), 'utf8');
    const head = parse(card.split('---\n')[1] ?? '') as Record<string, unknown>;
    expect(head).toMatchObject({ base_model: 'fake', library_name: 'peft', license: 'apache-2.0' });
    expect(JSON.stringify(head['model-index'])).toContain('pass@1');
    expect(card).toContain('| fake | Apache-2.0 | 12 |');
  });

  it('is imported elsewhere, once, and verifies there by the key it came with', async () => {
    const state = join(root, 'other');
    await importBundle(bundle, state);
    await importBundle(bundle, state);
    const checks = await verifyCampaign(state, sealed.campaign);
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
  });

  it('is not imported with a changed object, or with a link that leaves it', async () => {
    const changed = copy('changed');
    appendFileSync(join(changed, 'record', 'campaigns', sealed.campaign, 'events', '00000000.json'), ' ');
    await expect(importBundle(changed, join(root, 'none'))).rejects.toThrow(
      /does not verify: round 1: .* log of 1 events/,
    );
    const linked = copy('linked');
    symlinkSync('/etc/hostname', join(linked, 'record', 'link'));
    await expect(importBundle(linked, join(root, 'none'))).rejects.toThrow(/symbolic link/);
  });

  describe('under the documented recipe for securesystemslib and in-toto-attestation', () => {
    const check = (dir: string, key = join(bundle, 'seal.pub')) => {
      const { status, stdout, stderr } = spawnSync(
        pythonEnv(),
        ['-c', checkByLibraries, join(dir, 'manifest.dsse.json'), key],
        { encoding: 'utf8' },
      );
      return { status, said: stdout, why: stderr };
    };

    it('is verified, and says what was signed', () => {
      const { status, said } = check(bundle);
      expect(status).toBe(0);
      expect(said).toMatch(/^signed by sha256:[0-9a-f]{64}\npredicate urn:nextune:manifest:v2\n/);
      expect(said).toContain('adapter_model.safetensors is as it was signed\n');
      expect(said).toContain('training.jsonl is as it was signed\n');
      expect(said).toMatch(/\nround 2\ndev pass@1 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]\n/);
    }, 300_000);

    it('is refused when a byte of the statement or of the adapter was changed, and under another key', async () => {
      const forged = copy('forged');
      const manifest = join(forged, 'manifest.dsse.json');
      const text = readFileSync(manifest, 'utf8');
      const changed = text.replace(/"payload":"(.{40})./, (_, head: string) => `"payload":"${head}A`);
      expect(changed).not.toBe(text);
      writeFileSync(manifest, changed);
      expect(check(forged)).toMatchObject({ said: '', why: expect.stringContaining('VerificationError') });
      const swapped = copy('swapped');
      appendFileSync(join(swapped, 'adapter_model.safetensors'), '.');
      expect(check(swapped)).toMatchObject({
        status: 1,
        why: expect.stringContaining('is not the file that was signed'),
      });
      const stranger = mkdtempSync(join(root, 'other-key-'));
      await openSigner(stranger).sign('text/plain', Buffer.from('x'));
      expect(check(bundle, publicKeyPath(stranger))).toMatchObject({ said: '', why: expect.stringContaining('Error') });
    }, 300_000);

    it('names the versions that this test runs', () => {
      const pinned = readFileSync(resourcePath('python', 'requirements', 'dev.in'), 'utf8').split('\n');
      for (const [, requirement] of attestation.matchAll(
        /[ ']((?:securesystemslib|in-toto-attestation)[^\s']*==[^\s']+)/g,
      ))
        expect(pinned).toContain(requirement);
      expect(attestation).toMatch(/pip install .*securesystemslib.*in-toto-attestation==/);
    });
  });

  const followed = (recipe: string, dir: string): string => {
    const commands = recipe
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .join('\n');
    return execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd: dir, encoding: 'utf8' });
  };

  withTools(`is checked by its own recipe with standard tools${why}`, () => {
    const said = followed(readFileSync(join(bundle, 'VERIFY.md'), 'utf8'), copy('recipe'));
    expect(said).toContain('Signature Verified Successfully');
    expect(said).toContain('adapter_model.safetensors: OK');
    expect(said).toContain('training.jsonl: OK');
    expect(said).toContain('every object: OK');
  });

  withTools(`of a campaign whose base stayed best has a recipe of what it holds${why}`, async () => {
    const unchanged = await startSealedCampaign();
    await unchanged.sealBase(solving(8));
    await unchanged.sealRound(1, solving(8), solving(2));
    await unchanged.sealEnd(1, 0);
    const dir = join(root, 'base-best');
    await exportCampaign(unchanged.stateDir, unchanged.campaign, dir);
    rmSync(unchanged.stateDir, { recursive: true });
    const recipe = readFileSync(join(dir, 'VERIFY.md'), 'utf8');
    expect(recipe).toContain('There is no adapter and no training set here');
    const said = followed(recipe, dir);
    expect(said).toContain('Signature Verified Successfully');
    expect(said).toContain('every object: OK');
    expect(said).toContain('"name": "base-dev"');
  });
});
