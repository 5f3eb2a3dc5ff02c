import { z } from 'zod';

const jailPath = z.string().regex(/^\/[^\0]*$/, 'an absolute path');
const text = z.string().regex(/^[^\0]*$/, 'no null byte');
const bytes = z.int().positive();

/**
 * What appears in the jail's file tree. `bind` shows one host file or folder, read-only unless `writable`; its source is
 * looked up as the jail's outside user (see `outsideIdentity`), so a path under another user's 0700 home can't be bound.
 * `file` needs no host path at all: its content travels in the policy. `proc` is the jail's own process list.
 */
export const mountSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bind'),
    source: jailPath,
    target: jailPath.optional(),
    writable: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('tmpfs'),
    target: jailPath,
    sizeBytes: bytes,
    /** Files, folders and links it may hold: each costs the kernel about 1 KiB that `sizeBytes` does not count. */
    maxFiles: z.int().positive().default(4096),
    noExec: z.boolean().default(true),
  }),
  z.strictObject({ kind: z.literal('file'), target: jailPath, content: z.string() }),
  z.strictObject({ kind: z.literal('symlink'), target: jailPath, to: text.min(1) }),
  z.strictObject({ kind: z.literal('proc'), target: jailPath.default('/proc'), writable: z.boolean().default(false) }),
]);
export type JailMount = z.infer<typeof mountSchema>;
/** A mount as it is written: defaults may be left out. */
export type JailMountInput = z.input<typeof mountSchema>;

export const limitsSchema = z.strictObject({
  /** RLIMIT_AS of each process; rounded up to whole MiB. */
  addressSpaceBytes: bytes.default(512 * 1024 * 1024),
  /** RLIMIT_NPROC: processes and threads of the jail's user. Counted per user namespace from Linux 5.14 on. */
  processes: z.int().positive().default(16),
  openFiles: z.int().positive().default(64),
  /** RLIMIT_FSIZE: the largest file a process may write; rounded up to whole MiB. Pipes are not files. */
  fileSizeBytes: z
    .int()
    .nonnegative()
    .default(1024 * 1024),
  stackBytes: bytes.default(8 * 1024 * 1024),
  /** RLIMIT_CPU of each process, in whole seconds. Absent: no limit. */
  cpuSeconds: z.int().positive().optional(),
  /** Life of the whole jail. Absent: until it ends or is closed. */
  wallMs: z.int().positive().optional(),
  /** Memory of the whole jail, files on tmpfs included. Needs a control group (see `findCgroup`). */
  memoryBytes: bytes.optional(),
  /** Processes and threads of the whole jail. Needs a control group. */
  totalProcesses: z.int().positive().optional(),
});
export type JailLimits = z.infer<typeof limitsSchema>;

/**
 * `default` denies what a program needs only to reach beyond itself: new namespaces, mounts, sockets, tracing, kernel
 * interfaces. `nesting` is for a supervisor that makes namespaces for its own children and filters them itself.
 */
export const seccompSchema = z.union([
  z.enum(['default', 'nesting', 'none']),
  z.strictObject({ kafel: z.string().min(1) }),
]);
export type Seccomp = z.infer<typeof seccompSchema>;

const share = z.enum(['own', 'host']).default('own');
/** User, process and mount namespaces are always the jail's own; these may be shared with the host, by name. */
export const namespacesSchema = z.strictObject({
  /** `own` holds a loopback and nothing else. */
  network: share,
  ipc: share,
  uts: share,
  cgroup: share,
});
export type JailNamespaces = z.infer<typeof namespacesSchema>;

/** Everything a jail may see and use. What is not named is absent: no host files, no network, an empty environment. */
export const jailPolicySchema = z.strictObject({
  hostname: z
    .string()
    .regex(/^[a-zA-Z0-9-]{1,63}$/)
    .default('jail'),
  cwd: jailPath.default('/'),
  /** User and group as seen inside. */
  uid: z.int().nonnegative().default(65534),
  gid: z.int().nonnegative().default(65534),
  mounts: z.array(mountSchema).default([]),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), text).default({}),
  limits: limitsSchema.prefault({}),
  seccomp: seccompSchema.default('default'),
  namespaces: namespacesSchema.prefault({}),
});
export type JailPolicy = z.infer<typeof jailPolicySchema>;
/** A policy as it is written: defaults may be left out. */
export type JailPolicyInput = z.input<typeof jailPolicySchema>;
