import type { HostFindings } from './findings.js';

/** What forbids a jail here, and what a person can type to allow it. */
export interface Obstacle {
  name:
    | 'not-linux'
    | 'wsl1'
    | 'no-user-namespaces'
    | 'sysctl-max'
    | 'sysctl-clone'
    | 'apparmor'
    | 'container-seccomp'
    | 'container-proc'
    | 'service-seccomp'
    | 'chroot'
    | 'exhausted'
    | 'unknown';
  why: string;
  remedy: string;
}

interface Rule {
  name: Obstacle['name'];
  applies: (host: HostFindings) => boolean;
  why: (host: HostFindings) => string;
  remedy: (host: HostFindings) => string;
}

const lasting = (name: string, value: number): string =>
  `sudo sysctl -w ${name}=${value} && echo '${name}=${value}' | sudo tee /etc/sysctl.d/60-jails.conf`;

const otherSystem = ({ platform }: HostFindings): string => {
  if (platform === 'darwin')
    return 'run it in Linux: a container (`docker run -it --security-opt seccomp=unconfined --security-opt systempaths=unconfined node:20`) or a virtual machine (`brew install lima && limactl start && lima`)';
  if (platform === 'win32') return 'run it in WSL 2: `wsl --install -d Debian`';
  return 'run it on Linux';
};

const openContainer = ({ container }: HostFindings): string => {
  switch (container) {
    case 'podman':
      return 'start the container with `podman run --security-opt seccomp=unconfined --security-opt unmask=ALL`';
    case 'kubernetes':
      return "give the container `securityContext: {seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined}, procMount: Unmasked}` (procMount needs the pod's `hostUsers: false`)";
    case 'docker':
      return 'start the container with `docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`';
    default:
      return 'start the container without a seccomp profile, and allow nested namespaces (LXC: `lxc config set NAME security.nesting true`)';
  }
};

const denied = /Operation not permitted|Permission denied|EPERM|EACCES/;
const deniesProc = (error: string | undefined): boolean =>
  error !== undefined && /mount[^;]*proc|proc[^;]*mount/i.test(error) && denied.test(error);
const isUser = ({ isRoot }: HostFindings): boolean => !isRoot;

/** In order: what rules everything out first, what is certain before what is likely. */
const rules: readonly Rule[] = [
  {
    name: 'not-linux',
    applies: ({ platform }) => platform !== 'linux',
    why: ({ platform }) => `${platform === 'darwin' ? 'macOS' : platform} has no Linux namespaces`,
    remedy: otherSystem,
  },
  {
    name: 'wsl1',
    // WSL 1 says 4.4.0-19041-Microsoft, WSL 2 5.15.90.1-microsoft-standard-WSL2.
    applies: ({ kernel }) => /-Microsoft$/.test(kernel),
    why: () => 'WSL 1 is not a Linux kernel: it has no user namespaces',
    remedy: () => 'in PowerShell: `wsl --set-version DISTRIBUTION 2` (`wsl -l -v` lists the names)',
  },
  {
    name: 'no-user-namespaces',
    applies: ({ hasUserNamespaces }) => !hasUserNamespaces,
    why: () => 'this kernel was built without user namespaces (CONFIG_USER_NS)',
    remedy: ({ kernel }) =>
      /microsoft/.test(kernel) ? 'in PowerShell: `wsl --update`' : "use a distribution's own kernel",
  },
  {
    name: 'sysctl-max',
    applies: ({ maxUserNamespaces }) => maxUserNamespaces === 0,
    why: () => 'user.max_user_namespaces is 0: no user namespace may be made',
    remedy: () => lasting('user.max_user_namespaces', 15000),
  },
  {
    name: 'sysctl-clone',
    applies: (host) => isUser(host) && host.unprivilegedClone === 0,
    why: () => 'kernel.unprivileged_userns_clone is 0: only root may make user namespaces',
    remedy: () => lasting('kernel.unprivileged_userns_clone', 1),
  },
  {
    name: 'apparmor',
    applies: (host) => isUser(host) && (host.apparmorRestriction ?? 0) > 0,
    why: () => "AppArmor takes the rights from an ordinary user's namespaces (Ubuntu 23.10 and newer)",
    remedy: () => lasting('kernel.apparmor_restrict_unprivileged_userns', 0),
  },
  {
    name: 'container-proc',
    applies: ({ container, error }) => container !== undefined && deniesProc(error),
    why: () => 'the container hides parts of /proc, so the kernel lets nobody mount a new one',
    remedy: openContainer,
  },
  {
    name: 'container-seccomp',
    applies: ({ container, isFiltered }) => container !== undefined && isFiltered,
    why: () => "the container's seccomp profile forbids new namespaces",
    remedy: openContainer,
  },
  {
    name: 'service-seccomp',
    applies: ({ container, isFiltered, error }) => container === undefined && isFiltered && denied.test(error ?? ''),
    why: () => 'this process runs under a system-call filter, such as a systemd service or snap has',
    remedy: () => 'set `RestrictNamespaces=no` and `SystemCallFilter=` in the unit, or start it from a plain shell',
  },
  {
    name: 'chroot',
    applies: ({ isChroot, error }) => isChroot && denied.test(error ?? ''),
    why: () => 'this process runs in a chroot, where the kernel allows no user namespaces',
    remedy: () => 'use pivot_root, or a container, in place of the chroot',
  },
  {
    name: 'exhausted',
    applies: ({ maxUserNamespaces, error }) =>
      maxUserNamespaces !== 0 && /No space left on device|ENOSPC|EUSERS|Too many users/.test(error ?? ''),
    why: ({ maxUserNamespaces }) => `all ${maxUserNamespaces ?? ''} user namespaces are in use, or they nest too deep`,
    remedy: () => lasting('user.max_user_namespaces', 100_000),
  },
];

const unknown: Rule = {
  name: 'unknown',
  applies: () => true,
  why: ({ error }) => `none of the common reasons: ${error ?? 'no error was given'}`,
  remedy: () => 'allow user namespaces to this user (user_namespaces(7)); the error names the step that failed',
};

/** Why a jail could not be made, most certain first. Empty where one could. */
export const obstaclesOf = (host: HostFindings): Obstacle[] => {
  if (host.error === undefined) return [];
  const met = rules.filter(({ applies }) => applies(host));
  const first = met[0];
  const told = first !== undefined && ['not-linux', 'wsl1'].includes(first.name) ? [first] : met;
  return (told.length > 0 ? told : [unknown]).map(({ name, why, remedy }) => ({
    name,
    why: why(host),
    remedy: remedy(host),
  }));
};
