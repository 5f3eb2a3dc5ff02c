import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../adapters/doctor/finding.js';
import { checkStore, diskFinding, memoryFinding } from '../../../adapters/doctor/machine.js';
import { checkPython, findingsOf, type PythonReport } from '../../../adapters/doctor/python.js';
import { sandboxFindings } from '../../../adapters/doctor/sandbox.js';
import { checkRunning, checkServer } from '../../../adapters/doctor/server.js';
import type { Runtime } from '../../../adapters/supervisor/runtime.js';
import { findingLines } from '../../../client/cli/commands/doctor.js';
import { NextuneFailure } from '../../../contract/failures.js';

const gib = 1024 ** 3;
const folder = (): string => mkdtempSync(join(tmpdir(), 'nextune-doctor-'));
const stateOf = (findings: Finding[]): string[] => findings.map(({ state }) => state);

const report: PythonReport = {
  python: '3.11.2',
  executable: '/v/bin/python',
  packages: { ok: { locked: 40, wrong: [] } },
  model: { ok: { name: 'smollm2', path: '/v/m.gguf', bytes: 98_000_000 } },
  trainer: { ok: { torch: '2.12.1', threads: 2, cuda: null } },
};
const wrong = (installed: string | null) => ({
  ok: { locked: 40, wrong: [{ name: 'peft', locked: '0.21.2', installed }] },
});

describe('disk and memory', () => {
  it.each([
    [1.9, 'fail'],
    [2, 'warn'],
    [5, 'ok'],
  ])('%d GiB of disk are %s', (free, state) => expect(diskFinding('/x', free * gib).state).toBe(state));

  it.each([
    [2.9, 2.9, 'fail'],
    [8, 2.9, 'warn'],
    [4, 4, 'warn'],
    [8, 4, 'ok'],
  ])('%d GiB of memory with %d free are %s', (total, free, state) =>
    expect(memoryFinding(total * gib, free * gib).state).toBe(state),
  );
});

describe("the project's Python", () => {
  it('is fine when its packages are as locked', () => {
    expect(stateOf(findingsOf(report))).toEqual(['ok', 'ok', 'ok']);
  });

  it.each<[string, Partial<PythonReport>, string, string]>([
    ['a missing package fails', { packages: wrong(null) }, 'python', 'lacks peft'],
    ['a missing model fails', { model: { error: 'not installed' } }, 'model', 'not installed'],
    ['a trainer that does not load fails', { trainer: { error: 'ImportError: libgomp' } }, 'trainer', 'libgomp'],
  ])('%s, by name and with a remedy', (_title, change, name, found) => {
    const failed = findingsOf({ ...report, ...change }).filter(({ state }) => state === 'fail');
    expect(failed).toMatchObject([
      { name, found: expect.stringContaining(found), remedy: expect.stringContaining('bootstrap') },
    ]);
  });

  it('of another version is a warning, with both versions', () => {
    const [first] = findingsOf({ ...report, packages: wrong('0.20.0') });
    expect(first).toMatchObject({ state: 'warn', found: expect.stringContaining('peft 0.20.0 instead of 0.21.2') });
  });

  it('that is not there, or does not run, fails in one line', async () => {
    expect(await checkPython('/nowhere/python')).toMatchObject([{ state: 'fail', remedy: 'run npm run bootstrap' }]);
    const broken = join(folder(), 'python');
    writeFileSync(broken, '#!/bin/sh\necho "No module named nextune_doctor" >&2\nexit 1\n');
    chmodSync(broken, 0o755);
    expect(await checkPython(broken)).toMatchObject([
      { state: 'fail', found: `${broken}: No module named nextune_doctor` },
    ]);
  });
});

describe('the store', () => {
  it('is tried where it will be, in the nearest folder that is there, and leaves nothing', async () => {
    const dir = folder();
    expect(stateOf(await checkStore(join(dir, 'a', 'b')))).toEqual(['ok']);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('fails where nothing can be written', async () => {
    expect(stateOf(await checkStore('/proc/nextune'))).toEqual(['fail']);
  });
});

describe('the server', () => {
  it('at a configured address has to listen', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(stateOf(await checkServer(`127.0.0.1:${port}`))).toEqual(['ok']);
    await new Promise((resolve) => server.close(resolve));
    expect(await checkServer(`127.0.0.1:${port}`)).toMatchObject([
      { state: 'fail', remedy: expect.stringContaining('unset') },
    ]);
  });

  it('and its companions are shown as they run, one that was given up with its log', () => {
    const worker = { name: 'worker', state: 'failed', reason: 'it ended', restarts: 5, logPath: '/s/logs/worker.log' };
    const findings = checkRunning({ components: [worker] } as unknown as Runtime);
    expect(findings).toMatchObject([{ state: 'warn', remedy: 'see /s/logs/worker.log, then nextune up' }]);
    expect(stateOf(checkRunning(undefined))).toEqual(['ok']);
  });
});

describe('a sandbox that does not work', () => {
  const obstacle = { name: 'apparmor', why: 'AppArmor forbids it', remedy: 'sudo sysctl -w x=0' } as const;
  const broken = new NextuneFailure('sandboxBroken', 'no program can be run');

  it('is traced to what stands in its way, each obstacle with its remedy', () => {
    const findings = sandboxFindings(broken, [obstacle, { ...obstacle, name: 'chroot', why: 'a chroot' }]);
    expect(findings).toMatchObject([
      { state: 'fail', found: 'AppArmor forbids it (no program can be run)', remedy: 'sudo sysctl -w x=0' },
      { state: 'fail', found: 'a chroot' },
    ]);
  });

  it('for want of a program is told to install it, whatever else is in its way', () => {
    const missing = new NextuneFailure('sandboxBroken', 'nsjail was not found: set it up');
    expect(sandboxFindings(missing, [obstacle])).toMatchObject([{ remedy: 'run npm run bootstrap' }]);
  });
});

describe('a line of doctor', () => {
  it('says state, what and why, and what to do below it', () => {
    expect(findingLines({ name: 'disk', state: 'fail', found: '1 GiB free', remedy: 'make room' })).toEqual([
      'FAIL  disk      1 GiB free',
      '                -> make room',
    ]);
  });
});
