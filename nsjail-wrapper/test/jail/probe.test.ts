import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { jest } from '@jest/globals';
import { probe } from '../../src/index.js';
import { engines, nsjail } from './fixtures.js';

jest.setTimeout(300_000);

const all = { namespaces: true, seccomp: true, noNewPrivileges: true, noCapabilities: true, ownProcesses: true, noNetwork: true, limits: true }; // biome-ignore format: one line

describe('the probe', () => {
  it.each(engines)('finds every part of the isolation where a jail of %s can run', async (_kind, engine) => {
    expect(await probe({ engine })).toMatchObject({ ...all, obstacles: [] });
  });

  it('says why where there is none, with a remedy', async () => {
    expect(await probe({ engine: { kind: 'nsjail', path: '/bin/false' } })).toMatchObject({
      namespaces: false,
      reasons: [expect.any(String)],
      obstacles: [{ name: 'unknown' }],
    });
  });

  const canUnshare = (() => {
    try {
      execFileSync('unshare', ['--user', '--map-root-user', 'true'], { stdio: 'ignore' });
      return existsSync('node_modules/nsjail-wrapper/dist/index.js');
    } catch {
      return false;
    }
  })();
  const title = 'recognises user.max_user_namespaces=0, set for real in a namespace of its own';
  const attempt = canUnshare ? it : it.skip;
  attempt(canUnshare ? title : `${title} (skipped: unshare does not run here)`, () => {
    const script = `import('nsjail-wrapper').then(async ({ probe }) => console.log(JSON.stringify(await probe({ engine: ${JSON.stringify(nsjail())} }))))`;
    const command = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" -e "$1"';
    const unshared = ['--user', '--map-root-user', 'sh', '-c', command, process.execPath, script];
    const found = JSON.parse(execFileSync('unshare', unshared, { encoding: 'utf8' }));
    expect(found).toMatchObject({ namespaces: false, obstacles: [{ name: 'sysctl-max' }] });
    expect(found.obstacles[0].remedy).toContain('sysctl -w user.max_user_namespaces=15000');
  });
});
