import { constants } from 'node:os';
import type { JailLimits, JailMount, JailPolicy } from '../policy.js';
import { bpfOf } from '../seccomp.js';
import { configFd, type EngineEnd, firstChannelFd, type Plan, type PlanRequest, reportFd } from './engine.js';

/** What nsjail gives and bubblewrap 0.11 does not. A policy that needs one runs only where its name is accepted. */
export const bubblewrapGaps = {
  'tmpfs-noexec': 'programs on a tmpfs can be executed',
  'tmpfs-files': 'the number of files on a tmpfs is not limited: each costs memory that its size does not count',
  'control-groups': 'limits.memoryBytes and limits.totalProcesses are not kept',
  kafel: 'a filter written in kafel is not installed',
  'exit-status': 'an exit status above 128 is told as the signal that many shells mean by it',
  'no-such-command': 'a command that is not there exits with 127 and is not refused',
} as const;
export type BubblewrapGap = keyof typeof bubblewrapGaps;

/** The gaps that this policy would feel; those of the outcome are felt by all. */
export const gapsOf = ({ mounts, limits, seccomp }: JailPolicy): BubblewrapGap[] => {
  const tmpfs = mounts.flatMap((mount) => (mount.kind === 'tmpfs' ? [mount] : []));
  const felt: Record<BubblewrapGap, boolean> = {
    'tmpfs-noexec': tmpfs.some(({ noExec }) => noExec),
    'tmpfs-files': tmpfs.length > 0,
    'control-groups': limits.memoryBytes !== undefined || limits.totalProcesses !== undefined,
    kafel: typeof seccomp === 'object',
    'exit-status': true,
    'no-such-command': true,
  };
  return (Object.keys(felt) as BubblewrapGap[]).filter((gap) => felt[gap]);
};

/** bubblewrap has no rlimits: util-linux's prlimit sets them inside, for it counts processes by user namespace. */
const limiterTarget = '/.prlimit';
const limiterArgv = (limits: JailLimits): string[] => [
  limiterTarget,
  `--as=${limits.addressSpaceBytes}`,
  `--nproc=${limits.processes}`,
  `--nofile=${limits.openFiles}`,
  `--fsize=${limits.fileSizeBytes}`,
  `--stack=${limits.stackBytes}`,
  '--core=0',
  ...(limits.cpuSeconds === undefined ? [] : [`--cpu=${limits.cpuSeconds}`]),
  '--',
];

const mountArgs = (mount: JailMount, descriptor: (content: string) => number): string[] => {
  switch (mount.kind) {
    case 'bind':
      return [bindOption(mount), mount.source, mount.target ?? mount.source];
    case 'tmpfs':
      return ['--perms', '0777', '--size', String(mount.sizeBytes), '--tmpfs', mount.target];
    case 'file':
      return ['--perms', '0444', '--ro-bind-data', String(descriptor(mount.content)), mount.target];
    case 'symlink':
      return ['--symlink', mount.to, mount.target];
    case 'proc':
      return ['--proc', mount.target, ...(mount.writable ? [] : ['--remount-ro', mount.target])];
  }
};

/** A device node works only where it is bound as one; nsjail's binds keep devices. */
const bindOption = ({ source, writable }: { source: string; writable: boolean }): string => {
  if (source.startsWith('/dev/')) return '--dev-bind';
  return writable ? '--bind' : '--ro-bind';
};

const namespaceArgs = ({ namespaces, hostname, seccomp }: JailPolicy): string[] => [
  ...['--unshare-user', '--unshare-pid'],
  ...(namespaces.network === 'own' ? ['--unshare-net'] : []),
  ...(namespaces.ipc === 'own' ? ['--unshare-ipc'] : []),
  ...(namespaces.uts === 'own' ? ['--unshare-uts', '--hostname', hostname] : []),
  ...(namespaces.cgroup === 'own' ? ['--unshare-cgroup-try'] : []),
  ...(seccomp === 'default' ? ['--disable-userns'] : []),
];

/** Arguments and files by descriptor, so that neither shows in the host's list of processes. */
export const planBubblewrap = (request: PlanRequest & { limiter: string }): Plan => {
  const { engine, policy, passFds, limiter } = request;
  const inputs = new Map<number, string | Buffer>();
  const descriptor = (content: string | Buffer): number => {
    const fd = firstChannelFd + passFds.length + inputs.size;
    inputs.set(fd, content);
    return fd;
  };
  const filter = bpfOf(policy.seccomp);
  const options = [
    ...namespaceArgs(policy),
    ...['--uid', String(policy.uid), '--gid', String(policy.gid), '--cap-drop', 'ALL'],
    ...['--die-with-parent', '--new-session', '--as-pid-1', '--json-status-fd', String(reportFd)],
    '--clearenv',
    ...Object.entries(policy.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...policy.mounts.flatMap((mount) => mountArgs(mount, descriptor)),
    ...['--ro-bind', limiter, limiterTarget],
    ...(filter === undefined ? [] : ['--seccomp', String(descriptor(filter))]),
    ...['--chdir', policy.cwd, '--remount-ro', '/'],
  ];
  inputs.set(configFd, options.map((option) => `${option}\0`).join(''));
  return { argv: [engine.path, '--args', String(configFd), '--', ...limiterArgv(policy.limits)], inputs };
};

/** The host's number of the jail's first process, which bubblewrap tells before it lets that process run. */
export const bubblewrapChild = (status: string): number | undefined => {
  const pid = /"child-pid": (\d+)/.exec(status)?.[1];
  return pid === undefined ? undefined : Number(pid);
};

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Reads the end from bubblewrap's status; it says why it failed on stderr, before the command has it. */
export const readBubblewrapStatus = (status: string, stderr: string): EngineEnd => {
  const reported = /"exit-code": (\d+)/.exec(status)?.[1];
  const code = reported === undefined ? undefined : Number(reported);
  return {
    entered: code !== undefined,
    code,
    signal: code === undefined ? undefined : signalNames.get(code - 128),
    outOfTime: false,
    failure: stderr.trim() || 'bubblewrap ended without a word',
  };
};
