import type { Cgroup } from '../../src/cgroup.js';
import { nsjailConfig, quote } from '../../src/engine/nsjail-config.js';
import { type JailPolicyInput, jailPolicySchema } from '../../src/policy.js';

const textOf = (policy: JailPolicyInput = {}, cgroup?: Cgroup): string =>
  nsjailConfig({
    policy: jailPolicySchema.parse(policy),
    outside: { uid: 1000, gid: 100 },
    passFds: [5],
    cgroup,
  });

describe('a policy as nsjail reads it', () => {
  it('an empty policy mounts nothing, keeps no environment and maps nobody to the caller', () => {
    const text = textOf();
    expect(text).not.toMatch(/^mount /m);
    expect(text).not.toMatch(/envar|keep_env/);
    expect(text).toContain('uidmap { inside_id: "65534" outside_id: "1000" count: 1 }');
  });

  it('every part of a mount reaches its line', () => {
    const text = textOf({
      mounts: [
        { kind: 'bind', source: '/usr' },
        { kind: 'bind', source: '/a', target: '/b', writable: true },
        { kind: 'tmpfs', target: '/tmp', sizeBytes: 4096 },
        { kind: 'tmpfs', target: '/x', sizeBytes: 1, maxFiles: 7, noExec: false },
        { kind: 'file', target: '/f', content: 'a"\n' },
        { kind: 'symlink', target: '/l', to: 'f' },
        { kind: 'proc' },
      ],
    });
    expect(text).toContain('mount { src: "/usr" dst: "/usr" is_bind: true rw: false');
    expect(text).toContain('mount { src: "/a" dst: "/b" is_bind: true rw: true');
    expect(text).toMatch(/dst: "\/tmp" fstype: "tmpfs" options: "size=4096,/);
    expect(text).toContain(
      'mount { dst: "/x" fstype: "tmpfs" options: "size=1,nr_inodes=7" rw: true nosuid: true nodev: true noexec: false }',
    );
    expect(text).toContain('mount { src: "f" dst: "/l" is_symlink: true }');
    expect(text).toContain('mount { dst: "/proc" fstype: "proc" rw: false');
    expect(text).toContain('src_content: "a\\042\\012" dst: "/f"');
  });

  it('limits are rounded up to the units of nsjail', () => {
    const text = textOf({ limits: { addressSpaceBytes: 1024 * 1024 + 1, wallMs: 1500, cpuSeconds: 2 } });
    expect(text).toContain('rlimit_as: 2\n');
    expect(text).toContain('rlimit_cpu: 2\n');
    expect(text).toContain('time_limit: 3\n');
  });

  it('without a wall limit nsjail sets none of its own', () => {
    expect(textOf()).toContain('time_limit: 0\n');
  });

  it('a namespace is shared with the host only by name', () => {
    expect(textOf()).toMatch(/clone_newnet: true\nclone_newipc: true\nclone_newuts: true\nclone_newcgroup: true/);
    expect(textOf({ namespaces: { network: 'host' } })).toMatch(/clone_newnet: false\nclone_newipc: true/);
  });

  it('limits of the whole jail go to the control group that was found, in its own way', () => {
    const limits = { memoryBytes: 1e6, totalProcesses: 9 };
    const places = {
      v2: { version: 'v2', path: '/cg/user' },
      v1: { version: 'v1', memory: { mount: '/m', parent: 'a/b' }, pids: { mount: '/p', parent: '' } },
    } as const;
    expect(textOf({ limits }, places.v2)).toMatch(
      /use_cgroupv2: true\ncgroupv2_mount: "\/cg\/user"\ncgroup_mem_max: 1000000\ncgroup_pids_max: 9/,
    );
    expect(textOf({ limits }, places.v1)).toContain(
      'cgroup_mem_mount: "/m"\ncgroup_mem_parent: "a/b"\ncgroup_pids_mount: "/p"\ncgroup_pids_parent: ""',
    );
    expect(textOf({}, undefined)).not.toContain('cgroup_mem');
  });

  it('a quoted string is bytes, so that no content can end it', () => {
    expect(quote('"\\é\0')).toBe('"\\042\\134\\303\\251\\000"');
  });

  it.each([
    ['an unknown key', { hosts: [] }],
    ["a network that is neither its own nor the host's", { namespaces: { network: 'some' } }],
    ['a null byte in a value', { environment: { A: 'b\0C=d' } }],
    ['a relative mount', { mounts: [{ kind: 'bind', source: 'usr' }] }],
    ['an environment name with a sign in it', { environment: { 'A=B': 'c' } }],
    ['a limit of nothing', { limits: { processes: 0 } }],
  ])('a policy with %s is refused', (_title, policy) => {
    expect(jailPolicySchema.safeParse(policy).success).toBe(false);
  });
});
