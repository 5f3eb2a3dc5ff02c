import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJailPython } from '../../adapters/sandbox/interpreter.js';
import { isolationLabel } from '../../adapters/sandbox/isolation.js';
import { tryControl } from '../../adapters/sandbox/isolation-trial.js';
import { nsjailEngine } from '../../adapters/sandbox/nsjail.js';
import { Slot } from '../../adapters/sandbox/slot.js';
import { openVerifier } from '../../adapters/sandbox/verifier.js';
import { aCandidate, judgeOne } from './verifier-fixtures.js';

/** An nsjail that adds a rule to the supervisor's filter, as a kernel or a container that forbids nested users would. */
const nsjailWithoutNesting = (real: string): string => `#!/bin/sh
config="$(dirname "$0")/config.$$"
sed 's/ERRNO(1) { /ERRNO(1) { clone(flags) { (flags \\& 0x10000000) != 0 }, /' <&4 > "$config"
shift 2
exec ${real} --config "$config" "$@"
`;

describe('isolation weaker than the policy', () => {
  let dir = '';
  const real = nsjailEngine().path;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'weak-'));
    await writeFile(join(dir, 'nsjail'), nsjailWithoutNesting(real), { mode: 0o755 });
  });
  afterEach(() => {
    delete process.env.NEXTUNE_NSJAIL;
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('is refused, with what is missing and the name that accepts it', async () => {
    process.env.NEXTUNE_NSJAIL = join(dir, 'nsjail');
    await expect(openVerifier()).rejects.toMatchObject({
      kind: 'sandboxWeak',
      message: expect.stringContaining('--allow-weak-isolation candidate-namespaces'),
    });
  });

  it('is accepted by name, and every verdict says so', async () => {
    process.env.NEXTUNE_NSJAIL = join(dir, 'nsjail');
    const verifier = await openVerifier({ allowWeakIsolation: ['candidate-namespaces'], slots: 1 });
    const verdict = await judgeOne(verifier, aCandidate('def solve(x):\n    return 3000 + x'));
    await verifier.close();
    expect(verdict).toMatchObject({ verdict: 'pass', isolation: expect.stringMatching(/^nsjail\/shared\+seccomp/) });
  });

  it('another name does not accept it', async () => {
    process.env.NEXTUNE_NSJAIL = join(dir, 'nsjail');
    await expect(openVerifier({ allowWeakIsolation: ['seccomp'] })).rejects.toMatchObject({ kind: 'sandboxWeak' });
  });

  it('accepting what is not missing changes nothing', async () => {
    const verifier = await openVerifier({ allowWeakIsolation: ['seccomp'], slots: 1 });
    await verifier.close();
    expect(verifier.isolation).toMatch(/^nsjail\/userns\+seccomp\+rlimits/);
  });

  it('a jail that was killed in its trial does not count as missing isolation', async () => {
    const once = `#!/bin/sh\nif mkdir "$(dirname "$0")/killed" 2>/dev/null; then kill -9 $$; fi\nexec ${real} "$@"\n`;
    await writeFile(join(dir, 'nsjail-killed-once'), once, { mode: 0o755 });
    process.env.NEXTUNE_NSJAIL = join(dir, 'nsjail-killed-once');
    const verifier = await openVerifier({ slots: 1 });
    const verdict = await judgeOne(verifier, aCandidate('def solve(x):\n    return 3000 + x'));
    await verifier.close();
    expect(existsSync(join(dir, 'killed'))).toBe(true);
    expect(verdict).toMatchObject({ verdict: 'pass', isolation: expect.stringMatching(/^nsjail\/userns\+seccomp/) });
  });

  it('where no jail runs at all, the sandbox is broken', async () => {
    process.env.NEXTUNE_NSJAIL = '/bin/false';
    await expect(openVerifier()).rejects.toMatchObject({ kind: 'sandboxBroken' });
  });

  it('a configured nsjail that is not there is not passed over', async () => {
    process.env.NEXTUNE_NSJAIL = join(dir, 'none');
    await expect(openVerifier()).rejects.toThrow(/NEXTUNE_NSJAIL names .*none/);
  });

  it('with every part given up the judge still judges', async () => {
    const slot = await Slot.open(await findJailPython(), ['candidate-namespaces', 'seccomp']);
    expect(await tryControl(slot)).toBeUndefined();
    await slot.close();
  });
});

describe('the label of an isolation', () => {
  it('says what is left', () => {
    expect(isolationLabel(['seccomp'], '3.12.1')).toBe('nsjail/userns+rlimits python3.12.1');
  });
});
