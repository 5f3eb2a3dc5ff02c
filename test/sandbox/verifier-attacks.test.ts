import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Verdict } from '../../contract/verdict.js';
import type { Attack } from './verifier-attacks/attack.js';
import { channel } from './verifier-attacks/channel.js';
import { exits } from './verifier-attacks/exits.js';
import { harm } from './verifier-attacks/harm.js';
import { lies } from './verifier-attacks/lies.js';
import { poison } from './verifier-attacks/poison.js';
import { reads } from './verifier-attacks/reads.js';
import { aCandidate, limits, useVerifier } from './verifier-fixtures.js';

const all: readonly Attack[] = [...exits, ...lies, ...reads, ...channel, ...poison, ...harm];
const visible = ['assert solve(1) == 3001'];
const hidden = ['assert solve(2) == 3002'];
const testsOf = (attack: Attack) => (attack.tests ? { tests: attack.tests } : { tests: visible, hiddenTests: hidden });

/** What many harnesses do: program and asserts in one script, exit status 0 is a pass. */
const passesAsScript = async (attack: Attack): Promise<boolean> => {
  const { tests, hiddenTests = [] } = testsOf(attack);
  const script = [attack.program, attack.setup ?? '', ...tests, ...hiddenTests].join('\n');
  const environment = { NEXTUNE_TEST_SECRET: 'secret', PATH: process.env.PATH };
  try {
    await promisify(execFile)('/usr/bin/python3', ['-c', script], { timeout: 20_000, env: environment });
    return true;
  } catch {
    return false;
  }
};

describe('attacks on the verdict and on the host', () => {
  const verifier = useVerifier();
  const verdicts = new Map<string, Verdict>();

  beforeAll(async () => {
    process.env.NEXTUNE_TEST_SECRET = 'secret';
    const candidates = all.map((attack, index) =>
      aCandidate(attack.program, { ...testsOf(attack), ...(attack.setup && { setup: attack.setup }) }, index),
    );
    const judged = await verifier.get().verify(candidates, limits);
    all.forEach((attack, at) => {
      const verdict = judged[at];
      if (verdict) verdicts.set(attack.name, verdict);
    });
  }, 300_000);

  afterAll(() => {
    delete process.env.NEXTUNE_TEST_SECRET;
  });

  it.each(all.map((attack) => [attack.name, attack] as const))('a candidate that %s fails', (name, attack) => {
    const verdict = verdicts.get(name);
    expect(verdict?.verdict).toBe('fail');
    expect(attack.reasons).toContain(verdict?.reason);
  });

  it.each(all.filter((attack) => attack.beatsScript).map((attack) => [attack.name, attack] as const))(
    'control: as a plain script, one that %s passes',
    async (_name, attack) => {
      expect(await passesAsScript(attack)).toBe(true);
    },
    30_000,
  );

  it('an honest candidate passes the same tests in the same jails', async () => {
    const honest = aCandidate('def solve(x):\n    return 3000 + x', { tests: visible, hiddenTests: hidden });
    const [verdict] = await verifier.get().verify([honest], limits);
    expect(verdict).toMatchObject({ verdict: 'pass', reason: 'ok' });
  });

  it('no attack leaves a file on the host', () => {
    for (const path of ['/mark', '/tmp/left', '/tmp/big', '/dev/mark']) expect(existsSync(path)).toBe(false);
  });
});
