import { chmodSync, existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { JailPolicyInput } from '../../src/index.js';
import { engines, policy, sh, withProc } from './fixtures.js';

jest.setTimeout(300_000);

const shared = mkdtempSync(join(tmpdir(), 'shared-'));
chmodSync(shared, 0o777);
afterAll(() => rmSync(shared, { recursive: true, force: true }));

const mounts = policy.mounts ?? [];
const plus = (...more: NonNullable<JailPolicyInput['mounts']>): JailPolicyInput => ({
  ...policy,
  mounts: [...mounts, ...more],
});
const withTmp = (over: object): JailPolicyInput => ({
  ...policy,
  mounts: [...mounts.slice(0, -1), { kind: 'tmpfs', target: '/tmp', sizeBytes: 65536, maxFiles: 32, ...over }],
});
const python = (code: string): string => `/usr/bin/python3 -I -S -c '${code}'`;
const callFails = (call: string): string => python(`import ctypes, sys; sys.exit(ctypes.CDLL(None).${call} < 0)`);
const hostNamespace = (name: string): string =>
  `test "$(readlink /proc/self/ns/${name})" = "${readlinkSync(`/proc/self/ns/${name}`)}"`;
/** A system call's number: on arm64 it is another. */
const onThis = (x64: number, arm64: number): number => (process.arch === 'arm64' ? arm64 : x64);
const hasRings =
  existsSync('/proc/sys/kernel/io_uring_disabled') &&
  readFileSync('/proc/sys/kernel/io_uring_disabled', 'utf8').trim() === '0';
const nothingFiltered: JailPolicyInput = { ...policy, seccomp: 'none' };
const share = (name: 'network' | 'ipc' | 'uts' | 'cgroup'): JailPolicyInput => ({
  ...withProc,
  namespaces: { [name]: 'host' },
});

interface Denial {
  /** What a program tries. */
  tries: string;
  /** Ends with 0 when it comes through. */
  script: string;
  /** The rule. */
  denying?: JailPolicyInput;
  /** The same policy without the rule. */
  lifted: JailPolicyInput;
  /** Not a rule of bubblewrap's. */
  onlyNsjail?: true;
}

const denials: Denial[] = [
  { tries: 'to read the environment of its caller', script: 'test -n "$SECRET"', lifted: { ...policy, environment: { SECRET: 'x' } } },
  { tries: "to read the host's files", script: 'test -e /etc/passwd', lifted: plus({ kind: 'bind', source: '/etc' }) },
  {
    tries: 'to write to a folder that is bound to be read',
    script: ': > /shared/mark',
    denying: plus({ kind: 'bind', source: shared, target: '/shared' }),
    lifted: plus({ kind: 'bind', source: shared, target: '/shared', writable: true }),
  },
  { tries: 'to write beside its mounts', script: ': > /new/mark', lifted: plus({ kind: 'tmpfs', target: '/new', sizeBytes: 4096 }) },
  { tries: 'to run a program of its own making', script: 'cp /bin/true /tmp/t && /tmp/t', lifted: withTmp({ noExec: false }), onlyNsjail: true },
  { tries: 'to fill a tmpfs', script: 'printf %0100000d 0 > /tmp/f', lifted: withTmp({ sizeBytes: 1e6 }) },
  { tries: 'to make files without end', script: 'i=0; while [ $i -lt 40 ]; do : > /tmp/f$i || exit 1; i=$((i+1)); done', lifted: withTmp({ maxFiles: 100 }), onlyNsjail: true },
  { tries: 'to write a large file', script: 'printf %01500000d 0 > /tmp/f', denying: withTmp({ sizeBytes: 1e7 }), lifted: { ...withTmp({ sizeBytes: 1e7 }), limits: { fileSizeBytes: 1e7 } } },
  { tries: 'to start processes without end', script: python('import os, time; [os.fork() or (time.sleep(9), os._exit(0)) for _ in range(30)]'), lifted: { ...policy, limits: { processes: 64 } } },
  { tries: 'to open files without end', script: python('import os; [os.open("/", 0) for _ in range(80)]'), lifted: { ...policy, limits: { openFiles: 128 } } },
  { tries: 'to take memory without end', script: python('import mmap; mmap.mmap(-1, 700 << 20)'), lifted: { ...policy, limits: { addressSpaceBytes: 2 ** 30 } } },
  ...(['network', 'ipc', 'uts', 'cgroup'] as const).map((name) => ({
    tries: `to be in the host's ${name} namespace`,
    script: hostNamespace({ network: 'net', ipc: 'ipc', uts: 'uts', cgroup: 'cgroup' }[name]),
    denying: withProc,
    lifted: share(name),
  })),
  { tries: 'to open a socket', script: python('import socket; socket.socket(socket.AF_UNIX)'), lifted: nothingFiltered },
  { tries: 'to make a user namespace', script: callFails('unshare(0x10000000)'), lifted: nothingFiltered },
  { tries: 'to clone into a user namespace', script: callFails(`syscall(${onThis(56, 220)}, 0x10000011, 0, 0, 0, 0)`), lifted: nothingFiltered },
  { tries: 'to trace', script: callFails('ptrace(0, 0, 0, 0)'), lifted: nothingFiltered },
  { tries: 'to make a keyring', script: callFails(`syscall(${onThis(250, 219)}, 1, 0, 0, 0, 0)`), lifted: nothingFiltered },
  { tries: 'to change how it is run (personality)', script: callFails('personality(0x0040000)'), lifted: nothingFiltered },
  // Where the kernel has no ring to give, there is nothing to deny.
  ...(hasRings
    ? [{ tries: 'to set up a ring (io_uring)', script: callFails('syscall(425, 1, ctypes.create_string_buffer(120))'), lifted: nothingFiltered }]
    : []),
]; // biome-ignore format: a table

describe.each(engines)('a program in a jail of %s', (kind, engine) => {
  const felt = denials.filter(({ onlyNsjail }) => kind === 'nsjail' || !onlyNsjail);

  it.each(felt.map((denial) => [denial.tries, denial] as const))(
    'tries %s, in vain; with the rule lifted it succeeds',
    async (_tries, denial) => {
      process.env.SECRET = 'x';
      const denied = await sh(engine, denial.script, { policy: denial.denying ?? policy });
      const control = await sh(engine, denial.script, { policy: denial.lifted });
      delete process.env.SECRET;
      expect(denied.outcome).not.toEqual({ kind: 'exit', code: 0 });
      expect(denied.outcome.kind).not.toBe('refused');
      expect({ outcome: control.outcome, said: control.stderrTail }).toMatchObject({
        outcome: { kind: 'exit', code: 0 },
      });
    },
  );
});

it('no attack wrote to the host', () => {
  expect(existsSync('/mark') || existsSync('/new')).toBe(false);
});
