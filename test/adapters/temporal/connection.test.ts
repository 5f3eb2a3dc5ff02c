import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectOptions, placeOfProfile } from '../../../adapters/temporal/connection.js';

const toml = `
[profile.cloud]
address = "example.tmprl.cloud:7233"
namespace = "example"
api_key = "secret"

[profile.cloud.tls]
server_name = "other"
`;

describe('where a server is', () => {
  let dir: string;
  const kept = { ...process.env };
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-profile-'));
    writeFileSync(join(dir, 'temporal.toml'), toml);
    process.env.TEMPORAL_CONFIG_FILE = join(dir, 'temporal.toml');
  });
  afterAll(() => {
    process.env = kept;
    rmSync(dir, { recursive: true });
  });

  it('is an address', () => {
    const plain = { connection: { address: '127.0.0.1:7233' }, namespace: 'default' };
    expect(connectOptions('127.0.0.1:7233')).toEqual(plain);
  });

  it("is a profile of Temporal's own configuration, with namespace, TLS and API key", () => {
    expect(connectOptions(placeOfProfile('cloud'))).toMatchObject({
      namespace: 'example',
      connection: { address: 'example.tmprl.cloud:7233', apiKey: 'secret', tls: { serverNameOverride: 'other' } },
    });
  });

  it('names a profile that is not there', () => {
    expect(() => connectOptions(placeOfProfile('none'))).toThrow(/Temporal's profile none can't be read/);
  });
});
