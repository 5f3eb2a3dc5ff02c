import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { publicKeyPath } from '../../../adapters/audit/seal-key.js';
import { openSigner } from '../../../adapters/audit/signer.js';
import { pythonEnv } from '../../../adapters/paths.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { verifyRecipe } from '../../../client/bundle/card.js';
import { exportCampaign } from '../../../client/bundle/export.js';
import { importBundle } from '../../../client/bundle/import.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

const readByPublicTools = `
import json, sys
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey
raw = json.load(open(sys.argv[1]))
key = load_pem_public_key(open(sys.argv[2], "rb").read())
envelope = Envelope.from_dict(raw)
envelope.verify([SSlibKey.from_crypto(key, keyid=next(iter(envelope.signatures)))], 1)
proto = statement_pb2.Statement()
json_format.Parse(envelope.payload.decode(), proto)
Statement.copy_from_pb(proto).validate()
print(proto.predicate_type, len(proto.subject), proto.predicate["content"]["round"])
`;

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

  it('is verified and read by securesystemslib and in-toto-attestation, and refused by them when changed', () => {
    const manifest = join(bundle, 'manifest.dsse.json');
    const args = ['-c', readByPublicTools, manifest, join(bundle, 'seal.pub')];
    expect(execFileSync(pythonEnv(), args, { encoding: 'utf8' }).trim()).toMatch(/^urn:nextune:manifest:v2 \d+ 2\.0$/);
    const text = readFileSync(manifest, 'utf8');
    const forged = join(root, 'forged.json');
    writeFileSync(
      forged,
      text.replace(/"payload":"(.{40})./, (_, head: string) => `"payload":"${head}A`),
    );
    expect(readFileSync(forged, 'utf8')).not.toBe(text);
    expect(spawnSync(pythonEnv(), [...args.slice(0, 2), forged, join(bundle, 'seal.pub')]).status).not.toBe(0);
  });

  withTools(`is checked by its own recipe with standard tools${why}`, () => {
    const commands = verifyRecipe
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .join('\n');
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd: copy('recipe'), encoding: 'utf8' });
    expect(said).toContain('Signature Verified Successfully');
    expect(said).toContain('adapter_model.safetensors: OK');
    expect(said).toContain('training.jsonl: OK');
    expect(said).toContain('every object: OK');
  });
});
