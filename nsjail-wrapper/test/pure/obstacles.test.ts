import type { HostFindings } from '../../src/host/findings.js';
import { obstaclesOf } from '../../src/host/obstacles.js';

const denied = 'clone(flags=CLONE_NEWUSER) failed: Operation not permitted';
const machine: HostFindings = {
  platform: 'linux',
  kernel: '6.8.0-45-generic',
  isRoot: false,
  container: undefined,
  isFiltered: false,
  isChroot: false,
  hasUserNamespaces: true,
  maxUserNamespaces: 63000,
  unprivilegedClone: undefined,
  apparmorRestriction: undefined,
  error: denied,
};
const names = (over: Partial<HostFindings>): string[] => obstaclesOf({ ...machine, ...over }).map(({ name }) => name);
const remedy = (over: Partial<HostFindings>): string => obstaclesOf({ ...machine, ...over })[0]?.remedy ?? '';

describe('what forbids a jail', () => {
  it.each<[string, Partial<HostFindings>, string[], RegExp]>([
    ['macOS', { platform: 'darwin' }, ['not-linux'], /lima/],
    ['Windows', { platform: 'win32' }, ['not-linux'], /wsl --install/],
    ['WSL 1', { kernel: '4.4.0-19041-Microsoft' }, ['wsl1'], /wsl --set-version DISTRIBUTION 2/],
    [
      'an old kernel in WSL 2',
      { kernel: '4.19-microsoft-standard-WSL2', hasUserNamespaces: false },
      ['no-user-namespaces'],
      /wsl --update/,
    ],
    ['a kernel without them', { hasUserNamespaces: false }, ['no-user-namespaces'], /distribution's own kernel/],
    ['a limit of 0', { maxUserNamespaces: 0 }, ['sysctl-max'], /sysctl -w user.max_user_namespaces=15000/],
    ["Debian's switch", { unprivilegedClone: 0 }, ['sysctl-clone'], /sysctl -w kernel.unprivileged_userns_clone=1/],
    [
      "Ubuntu's AppArmor",
      { apparmorRestriction: 1 },
      ['apparmor'],
      /sysctl -w kernel.apparmor_restrict_unprivileged_userns=0/,
    ],
    [
      'Docker',
      { container: 'docker', isFiltered: true },
      ['container-seccomp'],
      /docker run --security-opt seccomp=unconfined/,
    ],
    [
      'Podman',
      { container: 'podman', isFiltered: true },
      ['container-seccomp'],
      /podman run --security-opt seccomp=unconfined/,
    ],
    [
      'Kubernetes',
      { container: 'kubernetes', isFiltered: true },
      ['container-seccomp'],
      /seccompProfile: \{type: Unconfined\}/,
    ],
    ['LXC', { container: 'other', isFiltered: true }, ['container-seccomp'], /security.nesting true/],
    [
      "a container's masked /proc",
      { container: 'docker', error: "mount('/proc', type='proc'): Operation not permitted" },
      ['container-proc'],
      /systempaths=unconfined/,
    ],
    ["a service's filter", { isFiltered: true }, ['service-seccomp'], /RestrictNamespaces=no/],
    ['a chroot', { isChroot: true }, ['chroot'], /pivot_root/],
    ['too many of them', { error: 'clone: No space left on device' }, ['exhausted'], /user.max_user_namespaces=100000/],
    [
      'two things at once',
      { unprivilegedClone: 0, apparmorRestriction: 1 },
      ['sysctl-clone', 'apparmor'],
      /unprivileged_userns_clone=1/,
    ],
    ['nothing that is known', {}, ['unknown'], /user_namespaces\(7\)/],
  ])('is told: %s', (_title, over, expected, expectedRemedy) => {
    expect(names(over)).toEqual(expected);
    expect(remedy(over)).toMatch(expectedRemedy);
  });

  it.each<[string, Partial<HostFindings>]>([
    [
      'the switches that only bind ordinary users, for root',
      { isRoot: true, unprivilegedClone: 0, apparmorRestriction: 1 },
    ],
    ['switches that are set to allow', { unprivilegedClone: 1, apparmorRestriction: 0, maxUserNamespaces: 1 }],
    ['a WSL 2 kernel', { kernel: '5.15.90.1-microsoft-standard-WSL2' }],
    ['a container that filters nothing', { container: 'docker' }],
  ])('is not %s', (_title, over) => {
    expect(names(over)).toEqual(['unknown']);
  });

  it('is nothing, where a jail ran', () => {
    expect(obstaclesOf({ ...machine, apparmorRestriction: 1, error: undefined })).toEqual([]);
  });

  it('every reason says what failed where none is known', () => {
    expect(obstaclesOf(machine)[0]?.why).toContain(denied);
  });
});
