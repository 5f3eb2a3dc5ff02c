import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resourcePath } from '../../../adapters/paths.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { type FailingProxy, startFailingProxy } from '../../fakes/failing-proxy.js';
import { type S3Server, startS3Server } from '../../fakes/s3-server.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

describe('an audit of a record in a bucket out of reach', () => {
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

  it('fails as the store where no more than one answer stays out, whichever it is, and calls nothing broken', async () => {
    proxy.seen.clear();
    const checks = await verifyCampaign(stateDir, 'far-1');
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    const asked = [...proxy.seen];
    expect(asked.length).toBeGreaterThan(50);
    for (const address of asked) {
      proxy.failing = address;
      const outcome = verifyCampaign(stateDir, 'far-1').then((found) => found.flatMap(({ faults }) => faults));
      await expect(outcome).rejects.toMatchObject({ kind: 'storeUnavailable' });
    }
    proxy.failing = undefined;
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
