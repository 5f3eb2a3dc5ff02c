import { bubblewrapChild, gapsOf, planBubblewrap, readBubblewrapStatus } from '../../src/engine/bubblewrap.js';
import { type JailPolicyInput, jailPolicySchema } from '../../src/policy.js';
import { bpfOf } from '../../src/seccomp.js';

const plan = (policy: JailPolicyInput, passFds: number[] = []) =>
  planBubblewrap({
    engine: { kind: 'bubblewrap', path: '/bwrap' },
    policy: jailPolicySchema.parse(policy),
    outside: { uid: 1, gid: 1 },
    passFds,
    cgroup: undefined,
    limiter: '/usr/bin/prlimit',
  });
const optionsOf = (policy: JailPolicyInput): string => String(plan(policy).inputs.get(4)).replaceAll('\0', ' ');

/** Runs a classic BPF program on one system call; enough of the machine for ours. */
const judge = (program: Buffer, call: { nr: number; arch: number; arg0?: number }): number => {
  const words: Record<number, number> = { 0: call.nr, 4: call.arch, 16: call.arg0 ?? 0 };
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 8) {
    const [code, onTrue, onFalse] = [program.readUInt16LE(at), program.readUInt8(at + 2), program.readUInt8(at + 3)];
    const value = program.readUInt32LE(at + 4);
    if (code === 0x20) accumulator = words[value] ?? 0;
    else if (code === 0x06) return value;
    else {
      const holds =
        code === 0x15 ? accumulator === value : code === 0x35 ? accumulator >= value : (accumulator & value) !== 0;
      at += 8 * (holds ? onTrue : onFalse);
    }
  }
  throw new Error('the program ran past its end');
};
const [allow, eperm, enosys, kill] = [0x7fff0000, 0x00050001, 0x00050026, 0x80000000];
const x64 = 0xc000003e;
const arm64 = 0xc00000b7;

describe('a policy as bubblewrap reads it', () => {
  it('arguments and contents travel by descriptors above the channels, not in the list of processes', () => {
    const { argv, inputs } = plan(
      { environment: { KEY: 'secret' }, mounts: [{ kind: 'file', target: '/f', content: 'x' }] },
      [5, 6],
    );
    expect(argv.join(' ')).not.toMatch(/secret|\/f/);
    expect([...inputs.keys()]).toEqual([7, 8, 4]);
    expect(inputs.get(7)).toBe('x');
  });

  it('shares only the namespaces that are named', () => {
    expect(optionsOf({})).toContain('--unshare-user --unshare-pid --unshare-net --unshare-ipc --unshare-uts');
    expect(optionsOf({ namespaces: { network: 'host' } })).not.toContain('--unshare-net');
  });

  it('only a nesting jail may make user namespaces', () => {
    expect(optionsOf({})).toContain('--disable-userns');
    expect(optionsOf({ seccomp: 'nesting' })).not.toContain('--disable-userns');
  });

  it('names what a policy would miss', () => {
    const gaps = (policy: JailPolicyInput) => gapsOf(jailPolicySchema.parse(policy));
    expect(gaps({})).toEqual(['exit-status', 'no-such-command']);
    expect(gaps({ mounts: [{ kind: 'tmpfs', target: '/t', sizeBytes: 1, noExec: false }] })).toContain('tmpfs-files');
    expect(gaps({ limits: { totalProcesses: 1 } })).toContain('control-groups');
    expect(gaps({ seccomp: { kafel: 'x' } })).toContain('kafel');
  });
});

describe('the filter as BPF', () => {
  it.each([
    ['x64', 'read', { nr: 0, arch: x64 }, allow],
    ['x64', 'ptrace', { nr: 101, arch: x64 }, eperm],
    ['x64', 'a ring', { nr: 425, arch: x64 }, eperm],
    ['x64', 'a fork', { nr: 56, arch: x64, arg0: 17 }, allow],
    ['x64', 'a clone into a user namespace', { nr: 56, arch: x64, arg0: 0x10000011 }, eperm],
    ['x64', 'a clone into a time namespace', { nr: 56, arch: x64, arg0: 0x80 }, eperm],
    ['x64', 'clone3', { nr: 435, arch: x64 }, enosys],
    ['x64', 'x32', { nr: 0x40000000 + 521, arch: x64 }, enosys],
    ['x64', 'i386', { nr: 3, arch: 0x40000003 }, kill],
    ['arm64', 'read', { nr: 63, arch: arm64 }, allow],
    ['arm64', 'ptrace', { nr: 117, arch: arm64 }, eperm],
    ['arm64', 'a clone into a user namespace', { nr: 220, arch: arm64, arg0: 0x10000011 }, eperm],
  ])('on %s: %s', (machine, _title, call, verdict) => {
    expect(judge(bpfOf('default', machine) as Buffer, call)).toBe(verdict);
  });

  it('a nesting jail may unshare and mount, and still not trace', () => {
    const program = bpfOf('nesting', 'x64') as Buffer;
    expect([272, 165, 101].map((nr) => judge(program, { nr, arch: x64 }))).toEqual([allow, allow, eperm]);
  });
});

describe('the end in a status', () => {
  it('the first process of the jail is told before the end; a status without it tells none', () => {
    expect(bubblewrapChild('{ "child-pid": 4711 }\n')).toBe(4711);
    expect(bubblewrapChild('{ "exit-code": 3 }\n')).toBeUndefined();
  });

  it.each([
    ['a status', '{ "child-pid": 7 }\n{ "exit-code": 3 }\n', { entered: true, code: 3, signal: undefined }],
    ['a signal', '{ "exit-code": 139 }', { entered: true, signal: 'SIGSEGV' }],
    ['a jail that was never entered', '{ "child-pid": 7 }', { entered: false, failure: 'bwrap: no such path' }],
  ])('%s is read', (_title, status, end) => {
    expect(readBubblewrapStatus(status, 'bwrap: no such path\n')).toMatchObject(end);
  });
});
