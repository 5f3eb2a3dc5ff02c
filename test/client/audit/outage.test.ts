import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resourcePath } from '../../../adapters/paths.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { type FailingProxy, startFailingProxy } from '../../fakes/failing-proxy.js';
import { type S3Server, startS3Server } from '../../fakes/s3-server.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

const places = 12;

describe('an audit of a record in a bucket that goes out of reach', () => {
  let s3: S3Server;
  let proxy: FailingProxy;
  let stateDir: string;
  beforeAll(async () => {
    s3 = await startS3Server();
    proxy = await startFailingProxy(s3.endpoint);
    const location = { ...s3.location('far'), endpoint: proxy.endpoint };
    ({ stateDir } = await sealedWorld('far-1', location));
  }, 300_000);
  afterAll(async () => {
    await proxy.close();
    await s3.stop();
    rmSync(stateDir, { recursive: true });
  });

  it('fails as the store, at whichever request it happens, and calls nothing broken', async () => {
    proxy.failAfter(Number.POSITIVE_INFINITY);
    const checks = await verifyCampaign(stateDir, 'far-1');
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    const whole = proxy.passed();
    expect(whole).toBeGreaterThan(places);
    for (let place = 0; place < places; place++) {
      proxy.failAfter(Math.floor((place * whole) / places));
      await expect(verifyCampaign(stateDir, 'far-1')).rejects.toMatchObject({ kind: 'storeUnavailable' });
    }
    proxy.failAfter(whole - 1);
    await expect(verifyCampaign(stateDir, 'far-1')).rejects.toMatchObject({ kind: 'storeUnavailable' });
  }, 600_000);

  it('ends the command with a status of its own, a line that names the bucket, and no verdict on the record', async () => {
    await s3.stop();
    const args = [resourcePath('bin', 'nextune.mjs'), 'audit', 'verify', 'far-1', '--state-dir', stateDir];
    const ended = await new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, args, (error, stdout, stderr) =>
        resolve({ status: error?.code ?? 0, stdout, stderr }),
      );
    });
    expect(ended).toMatchObject({ status: 3, stdout: '' });
    expect(ended.stderr).toMatch(/^nextune: s3:\/\/nextune-test\/far\/.* can't be reached .*is the service up.*\n$/);
  }, 300_000);
});
