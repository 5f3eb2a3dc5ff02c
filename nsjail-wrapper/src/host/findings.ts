import { existsSync, readFileSync, statSync } from 'node:fs';

/** What of a machine decides whether it lets a program make namespaces. Undefined: the machine has no such thing. */
export interface HostFindings {
  platform: string;
  /** `uname -r`. */
  kernel: string;
  isRoot: boolean;
  container: 'docker' | 'podman' | 'kubernetes' | 'other' | undefined;
  /** This process runs under somebody's system-call filter. */
  isFiltered: boolean;
  isChroot: boolean;
  hasUserNamespaces: boolean;
  /** user.max_user_namespaces */
  maxUserNamespaces: number | undefined;
  /** kernel.unprivileged_userns_clone, which Debian and Arch add. */
  unprivilegedClone: number | undefined;
  /** kernel.apparmor_restrict_unprivileged_userns, Ubuntu 23.10 and newer. */
  apparmorRestriction: number | undefined;
  /** What the engine said when it was tried; undefined when it worked. */
  error: string | undefined;
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
};

const setting = (path: string): number | undefined => {
  const text = read(`/proc/sys/${path}`);
  return text === undefined ? undefined : Number(text);
};

const containerKind = (): HostFindings['container'] => {
  if (process.env.KUBERNETES_SERVICE_HOST !== undefined) return 'kubernetes';
  if (existsSync('/run/.containerenv')) return 'podman';
  if (existsSync('/.dockerenv')) return 'docker';
  const groups = read('/proc/1/cgroup') ?? '';
  if (groups.includes('kubepods')) return 'kubernetes';
  if (/docker|containerd/.test(groups)) return 'docker';
  return process.env.container === undefined && !groups.includes('lxc') ? undefined : 'other';
};

const isChroot = (): boolean => {
  try {
    const [own, first] = [statSync('/'), statSync('/proc/1/root/')];
    return own.ino !== first.ino || own.dev !== first.dev;
  } catch {
    return false;
  }
};

/** Looks at this machine. `error` is what came of a trial. */
export const hostFindings = (error: string | undefined): HostFindings => ({
  platform: process.platform,
  kernel: read('/proc/sys/kernel/osrelease') ?? '',
  isRoot: process.getuid?.() === 0,
  container: containerKind(),
  isFiltered: /^Seccomp:\s*2$/m.test(read('/proc/self/status') ?? ''),
  isChroot: isChroot(),
  hasUserNamespaces: existsSync('/proc/self/ns/user'),
  maxUserNamespaces: setting('user/max_user_namespaces'),
  unprivilegedClone: setting('kernel/unprivileged_userns_clone'),
  apparmorRestriction: setting('kernel/apparmor_restrict_unprivileged_userns'),
  error,
});
