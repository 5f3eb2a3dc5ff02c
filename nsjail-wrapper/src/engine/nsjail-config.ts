import type { Cgroup } from '../cgroup.js';
import type { JailLimits, JailMount, JailNamespaces } from '../policy.js';
import { kafelOf } from '../seccomp.js';
import { type PlanRequest, reportFd } from './engine.js';

const mebibyte = 1024 * 1024;
const mebibytes = (bytes: number): number => Math.ceil(bytes / mebibyte);

/** A protobuf text-format string: UTF-8 bytes, everything but plain ASCII in octal. */
export const quote = (text: string): string => {
  let quoted = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    quoted += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `"${quoted}"`;
};

const mountText = (mount: JailMount): string => {
  switch (mount.kind) {
    case 'bind':
      return `mount { src: ${quote(mount.source)} dst: ${quote(mount.target ?? mount.source)} is_bind: true rw: ${mount.writable} nosuid: true }`;
    case 'tmpfs':
      return `mount { dst: ${quote(mount.target)} fstype: "tmpfs" options: "size=${mount.sizeBytes},nr_inodes=${mount.maxFiles}" rw: true nosuid: true nodev: true noexec: ${mount.noExec} }`;
    case 'file':
      return `mount { src_content: ${quote(mount.content)} dst: ${quote(mount.target)} nosuid: true nodev: true }`;
    case 'symlink':
      return `mount { src: ${quote(mount.to)} dst: ${quote(mount.target)} is_symlink: true }`;
    case 'proc':
      return `mount { dst: ${quote(mount.target)} fstype: "proc" rw: ${mount.writable} nosuid: true nodev: true noexec: true }`;
  }
};

const limitLines = (limits: JailLimits): string[] => [
  `rlimit_as: ${mebibytes(limits.addressSpaceBytes)}`,
  `rlimit_nproc: ${limits.processes}`,
  'rlimit_nproc_type: VALUE',
  `rlimit_nofile: ${limits.openFiles}`,
  `rlimit_fsize: ${mebibytes(limits.fileSizeBytes)}`,
  `rlimit_stack: ${mebibytes(limits.stackBytes)}`,
  'rlimit_stack_type: VALUE',
  ...(limits.cpuSeconds === undefined ? ['rlimit_cpu_type: INF'] : [`rlimit_cpu: ${limits.cpuSeconds}`]),
  // nsjail counts whole seconds: its own limit is the second line, for a parent that died before its timer fired.
  `time_limit: ${limits.wallMs === undefined ? 0 : Math.ceil(limits.wallMs / 1000) + 1}`,
];

const namespaceLines = (namespaces: JailNamespaces): string[] =>
  [
    ['clone_newnet', namespaces.network],
    ['clone_newipc', namespaces.ipc],
    ['clone_newuts', namespaces.uts],
    ['clone_newcgroup', namespaces.cgroup],
  ].map(([key, whose]) => `${key}: ${whose === 'own'}`);

const cgroupLines = ({ memoryBytes, totalProcesses }: JailLimits, cgroup: Cgroup | undefined): string[] => {
  if (cgroup === undefined) return [];
  const where =
    cgroup.version === 'v2'
      ? ['use_cgroupv2: true', `cgroupv2_mount: ${quote(cgroup.path)}`]
      : [
          `cgroup_mem_mount: ${quote(cgroup.memory.mount)}`,
          `cgroup_mem_parent: ${quote(cgroup.memory.parent)}`,
          `cgroup_pids_mount: ${quote(cgroup.pids.mount)}`,
          `cgroup_pids_parent: ${quote(cgroup.pids.parent)}`,
        ];
  return [
    ...where,
    ...(memoryBytes === undefined ? [] : [`cgroup_mem_max: ${memoryBytes}`]),
    ...(totalProcesses === undefined ? [] : [`cgroup_pids_max: ${totalProcesses}`]),
  ];
};

/** nsjail's own configuration for a policy, in protobuf text format (config.proto of nsjail 3.6). */
export const nsjailConfig = ({ policy, outside, passFds, cgroup }: Omit<PlanRequest, 'engine'>): string => {
  const kafel = kafelOf(policy.seccomp);
  return [
    'mode: ONCE',
    `log_fd: ${reportFd}`,
    ...passFds.map((fd) => `pass_fd: ${fd}`),
    'log_level: INFO',
    'nice_level: 0',
    `hostname: ${quote(policy.hostname)}`,
    `cwd: ${quote(policy.cwd)}`,
    `uidmap { inside_id: "${policy.uid}" outside_id: "${outside.uid}" count: 1 }`,
    `gidmap { inside_id: "${policy.gid}" outside_id: "${outside.gid}" count: 1 }`,
    ...namespaceLines(policy.namespaces),
    ...Object.entries(policy.environment).map(([name, value]) => `envar: ${quote(`${name}=${value}`)}`),
    ...limitLines(policy.limits),
    ...cgroupLines(policy.limits, cgroup),
    ...policy.mounts.map(mountText),
    ...(kafel === undefined ? [] : [`seccomp_string: ${quote(kafel)}`]),
    '',
  ].join('\n');
};
