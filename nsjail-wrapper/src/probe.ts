import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNsjail } from './find.js';
import type { JailMount, JailPolicyInput } from './policy.js';
import { runInJail } from './run.js';

/** What isolation this machine gave when it was tried. */
export interface Isolation {
  nsjail: string | undefined;
  /** A jail with its own user, process, mount, network, IPC and host-name namespaces ran a command. */
  namespaces: boolean;
  noNewPrivileges: boolean;
  seccomp: boolean;
  /** The jailed process held no capability. */
  noCapabilities: boolean;
  /** Only the jail's own processes and an unconfigured loopback were to be seen. */
  ownProcesses: boolean;
  noNetwork: boolean;
  /** Control groups that this user may make: `none` leaves limits to rlimits and sized tmpfs. */
  cgroup: 'v2' | 'v1' | 'none';
  /** What was missing or went wrong, in nsjail's or the kernel's words. */
  reasons: string[];
}

const hostDirs = ['/bin', '/lib', '/lib64', '/usr'];
const shell = '/bin/sh';

/** Shell built-ins only, so that nothing but a shell has to be there. */
const script = `
while read -r line; do echo "status $line"; done < /proc/self/status
while read -r line; do echo "net $line"; done < /proc/net/dev
for name in /proc/[0-9]*; do echo "process $name"; done
echo "self $$"
`;

const mounts = (): JailMount[] => [
  ...hostDirs.filter((dir) => existsSync(dir)).map((source): JailMount => ({ kind: 'bind', source, writable: false })),
  { kind: 'proc', target: '/proc', writable: false },
];

/** Writable controllers, by looking for a folder this user could make a group in. */
const probeCgroup = (): Isolation['cgroup'] => {
  const writable = (path: string): boolean => {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  };
  const root = '/sys/fs/cgroup';
  try {
    const controllers = readFileSync(join(root, 'cgroup.controllers'), 'utf8');
    if (/\bmemory\b/.test(controllers) && /\bpids\b/.test(controllers)) return writable(root) ? 'v2' : 'none';
  } catch {
    // No unified hierarchy at the usual place: the older one may be there.
  }
  return writable(join(root, 'memory')) && writable(join(root, 'pids')) ? 'v1' : 'none';
};

/** Reads what the script saw from inside. */
export const readFindings = (output: string): Omit<Isolation, 'nsjail' | 'cgroup' | 'reasons' | 'namespaces'> => {
  const lines = output.split('\n');
  const status = (key: string): string =>
    lines.find((line) => line.startsWith(`status ${key}:`))?.split(/\s+/)[2] ?? '';
  const interfaces = lines.filter((line) => /^net \S+:/.test(line)).map((line) => line.split(/[\s:]+/)[1]);
  return {
    noNewPrivileges: status('NoNewPrivs') === '1',
    seccomp: status('Seccomp') === '2',
    noCapabilities: /^0+$/.test(status('CapEff')) && /^0+$/.test(status('CapBnd')),
    ownProcesses: lines.filter((line) => line.startsWith('process ')).length === 1 && lines.includes('self 1'),
    // The kernel puts unused tunnel devices into every new namespace; a configured one would be something else.
    noNetwork:
      interfaces.length > 0 &&
      interfaces.every((name) =>
        /^(lo|tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6gre0)$/.test(name ?? ''),
      ),
  };
};

const nothing = {
  namespaces: false,
  noNewPrivileges: false,
  seccomp: false,
  noCapabilities: false,
  ownProcesses: false,
  noNetwork: false,
};

/** Finds out what this machine can isolate, by running a jail and looking around in it. Never throws. */
export const probe = async (options: { nsjail?: string | undefined } = {}): Promise<Isolation> => {
  const nsjail = options.nsjail ?? findNsjail();
  const cgroup = probeCgroup();
  if (nsjail === undefined) return { nsjail, ...nothing, cgroup, reasons: ['nsjail was not found'] };
  const policy: JailPolicyInput = { mounts: mounts(), limits: { wallMs: 10_000 } };
  const { outcome, stdout, stderrTail } = await runInJail({ policy, command: shell, args: ['-c', script], nsjail });
  if (outcome.kind !== 'exit' || outcome.code !== 0) {
    const reason = outcome.kind === 'refused' ? outcome.reason : `${JSON.stringify(outcome)} ${stderrTail.trim()}`;
    return { nsjail, ...nothing, cgroup, reasons: [reason] };
  }
  const findings = readFindings(stdout.toString('utf8'));
  const reasons = Object.entries(findings).flatMap(([name, holds]) =>
    holds ? [] : [`${name} does not hold in a jail`],
  );
  return { nsjail, namespaces: true, ...findings, cgroup, reasons };
};
