import { execFileSync } from 'node:child_process';
import { openVerifier } from '../../adapters/sandbox/verifier.js';
import { aCandidate, judgeOne } from './verifier-fixtures.js';

describe('a sandbox that breaks under a candidate', () => {
  afterEach(() => {
    delete process.env.NEXTUNE_NSJAIL;
  });

  it('gives no verdict, however often it is tried, and one again once it works', async () => {
    const verifier = await openVerifier({ slots: 1, backOffMs: [0, 20] });
    const slow = aCandidate('import time\ndef solve(x):\n    time.sleep(1.5)\n    return 3000 + x');
    const judging = judgeOne(verifier, slow);
    process.env.NEXTUNE_NSJAIL = '/bin/false';
    const pids = execFileSync('pgrep', ['-P', String(process.pid), 'nsjail'], { encoding: 'utf8' });
    for (const pid of pids.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    expect(await judging).toMatchObject({ verdict: 'none', reason: 'infrastructure', tests: [] });
    delete process.env.NEXTUNE_NSJAIL;
    expect(await judgeOne(verifier, slow)).toMatchObject({ verdict: 'pass' });
    await verifier.close();
  });
});
