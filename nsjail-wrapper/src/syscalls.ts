/** System calls by number: [x86-64, arm64]. Linux's syscall_64.tbl and asm-generic/unistd.h; 424 and above are the same on both. */
type Numbers = readonly [x64: number | undefined, arm64: number | undefined];
const both = (number: number): Numbers => [number, number];

/** What reaches beyond a process: other processes' memory, the kernel's own settings and interfaces. */
const kernelInterfaces: Record<string, Numbers> = {
  ptrace: [101, 117], process_vm_readv: [310, 270], process_vm_writev: [311, 271], kcmp: [312, 272], pidfd_getfd: both(438),
  process_madvise: both(440), bpf: [321, 280], perf_event_open: [298, 241], userfaultfd: [323, 282],
  keyctl: [250, 219], add_key: [248, 217], request_key: [249, 218], kexec_load: [246, 104], kexec_file_load: [320, 294],
  init_module: [175, 105], finit_module: [313, 273], delete_module: [176, 106], reboot: [169, 142], swapon: [167, 224],
  swapoff: [168, 225], syslog: [103, 116], acct: [163, 89], quotactl: [179, 60], quotactl_fd: both(443),
  settimeofday: [164, 170], clock_settime: [227, 112], adjtimex: [159, 171], clock_adjtime: [305, 266],
  open_by_handle_at: [304, 265], name_to_handle_at: [303, 264], lookup_dcookie: [212, 18], personality: [135, 92],
  fanotify_init: [300, 262], iopl: [172, undefined], ioperm: [173, undefined], modify_ldt: [154, undefined],
  uselib: [134, undefined], vhangup: [153, 58], nfsservctl: [180, 42], mbind: [237, 235], set_mempolicy: [238, 237],
  migrate_pages: [256, 238], move_pages: [279, 239], set_mempolicy_home_node: both(450),
  // Whatever a filter denies, a ring could do: its operations are no system calls.
  io_uring_setup: both(425), io_uring_enter: both(426), io_uring_register: both(427),
}; // biome-ignore format: a table
const sockets: Record<string, Numbers> = {
  socket: [41, 198], connect: [42, 203], bind: [49, 200], listen: [50, 201], accept: [43, 202], accept4: [288, 242],
}; // biome-ignore format: a table
const namespaces: Record<string, Numbers> = {
  unshare: [272, 97], setns: [308, 268], mount: [165, 40], umount2: [166, 39], pivot_root: [155, 41], chroot: [161, 51],
  open_tree: both(428), move_mount: both(429), fsopen: both(430), fsconfig: both(431), fsmount: both(432), fspick: both(433),
  mount_setattr: both(442), open_tree_attr: both(467),
}; // biome-ignore format: a table

/** The same calls of the x32 interface that have numbers of their own: ptrace, kexec_load, move_pages, process_vm_readv and -writev. */
const x32Own = [521, 528, 533, 539, 540];
export const x32Bit = 0x40000000;

interface Machine {
  /** AUDIT_ARCH of linux/audit.h. */
  audit: number;
  clone: number;
  clone3: number;
  column: 0 | 1;
}
const machines: Partial<Record<string, Machine>> = {
  x64: { audit: 0xc000003e, clone: 56, clone3: 435, column: 0 },
  arm64: { audit: 0xc00000b7, clone: 220, clone3: 435, column: 1 },
};

/** Any of the CLONE_NEW* bits: time 0x80, mount, cgroup, uts, ipc, user, pid, net. */
export const cloneNamespaceBits = 0x7e020080;

export const machineOf = (arch: string = process.arch): Machine => {
  const machine = machines[arch];
  if (machine === undefined) throw new Error(`no system-call numbers are known for ${arch}: x64 and arm64 are`);
  return machine;
};

/** Numbers that are denied with EPERM, so that a library's probing does not kill its program. */
export const deniedNumbers = (mayNest: boolean, arch: string = process.arch): number[] => {
  const { column } = machineOf(arch);
  const tables = mayNest ? [kernelInterfaces, sockets] : [kernelInterfaces, sockets, namespaces];
  const numbers = tables.flatMap((table) => Object.values(table).flatMap((pair) => pair[column] ?? []));
  return column === 0 ? [...numbers, ...[...numbers, ...x32Own].map((number) => x32Bit + number)] : numbers;
};
