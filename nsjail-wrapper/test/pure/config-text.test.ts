import { configText, quote } from '../../src/config-text.js';
import { type JailPolicyInput, jailPolicySchema } from '../../src/policy.js';

const textOf = (policy: JailPolicyInput = {}): string =>
  configText(jailPolicySchema.parse(policy), { uid: 1000, gid: 100 }, { logFd: 3, passFds: [5] });

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
        { kind: 'file', target: '/f', content: 'a"\n' },
      ],
    });
    expect(text).toContain('mount { src: "/usr" dst: "/usr" is_bind: true rw: false');
    expect(text).toContain('mount { src: "/a" dst: "/b" is_bind: true rw: true');
    expect(text).toMatch(/dst: "\/tmp" fstype: "tmpfs" options: "size=4096,/);
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

  it('a quoted string is bytes, so that no content can end it', () => {
    expect(quote('"\\é\0')).toBe('"\\042\\134\\303\\251\\000"');
  });

  it.each([
    ['an unknown key', { network: false, hosts: [] }],
    ['a network', { network: true }],
    ['a relative mount', { mounts: [{ kind: 'bind', source: 'usr' }] }],
    ['an environment name with a sign in it', { environment: { 'A=B': 'c' } }],
    ['a limit of nothing', { limits: { processes: 0 } }],
  ])('a policy with %s is refused', (_title, policy) => {
    expect(jailPolicySchema.safeParse(policy).success).toBe(false);
  });
});
