import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { publicKeyPath } from '../../../adapters/audit/seal-key.js';
import { firstFault } from '../../../client/audit/check.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { openCampaignReader } from '../../../client/campaign-reader.js';
import { openTables } from '../../../client/query/query.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

/**
 * A campaign of one round as the code before signatures sealed it (its workflows, over a fake endpoint): each file of its
 * record in base64, by path. Recorded once: nothing here can write such a record any more.
 */
const fixture = fileURLToPath(new URL('../../fixtures/record-v1.json.gz', import.meta.url));

describe('a record of version 1, sealed before there were signatures, events and packed rows', () => {
  let stateDir: string;
  beforeAll(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'nextune-v1-'));
    const files = JSON.parse(gunzipSync(readFileSync(fixture)).toString('utf8')) as Record<string, string>;
    for (const [path, base64] of Object.entries(files)) {
      mkdirSync(dirname(join(stateDir, path)), { recursive: true });
      writeFileSync(join(stateDir, path), Buffer.from(base64, 'base64'));
    }
  });
  afterAll(() => rmSync(stateDir, { recursive: true }));

  it('still verifies, every row and number of it, and is counted as unsigned', async () => {
    const checks = await verifyCampaign(stateDir, 'v1-1', { strict: true });
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    expect(checks.find(({ name }) => name === 'signatures')?.notes).toEqual([
      expect.stringContaining('3 sealed without'),
    ]);
    expect(checks.find(({ name }) => name === 'samples and their verdicts')?.checked).toBeGreaterThan(40);
    const sealed = await openCampaignReader(stateDir).sealed('v1-1');
    expect(sealed.map(({ manifest }) => manifest.content.version)).toEqual([1, 1, 1]);
  });

  it('does not pass under a key that must have signed it, nor with a row changed', async () => {
    const signed = await sealedWorld();
    const publicKey = readFileSync(publicKeyPath(signed.stateDir));
    rmSync(signed.stateDir, { recursive: true });
    expect(firstFault(await verifyCampaign(stateDir, 'v1-1', { publicKey }))?.link).toBe('base');
    const [base] = await openCampaignReader(stateDir).sealed('v1-1');
    const hex = base?.manifest.content.evaluations[0]?.shards[0]?.verdicts.digest.slice('sha256:'.length) ?? '';
    const path = join(stateDir, 'store', 'sha256', hex.slice(0, 2), hex.slice(2));
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace('"fail"', '"pass"'));
    expect(firstFault(await verifyCampaign(stateDir, 'v1-1'))).toMatchObject({ link: 'base', object: `sha256:${hex}` });
    writeFileSync(path, before);
  });

  it('is queried like a new one', async () => {
    const tables = await openTables(stateDir, 'v1-1');
    const { rows } = await tables.run('SELECT count(*) FROM verdicts');
    expect(Number(rows[0]?.[0])).toBeGreaterThan(40);
    tables.close();
  });
});
