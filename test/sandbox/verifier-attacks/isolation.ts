import { existsSync } from 'node:fs';
import type { Weakening } from '../../../adapters/sandbox/isolation.js';

/** A way out of a candidate's confinement, and the one part of it that stands in the way. */
export interface Escape {
  name: string;
  /** Python statements that raise when they are denied. */
  body: string;
  /** With this part given up, and only then, it comes through. */
  rule: Weakening;
}

/** A call by its number on [x86-64, arm64]; an error becomes an exception. */
const call = (x64: number, arm64: number, args: string): string =>
  `if libc.syscall(${process.arch === 'arm64' ? arm64 : x64}, ${args}) < 0: raise OSError(ctypes.get_errno(), "denied")`;

/** Bytes that the processor runs: mov eax, 20 (getpid of i386); int 0x80; ret. */
const machineCode = (hex: string): string =>
  `import mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex("${hex}"))
place = ctypes.addressof(ctypes.c_char.from_buffer(page))
assert ctypes.CFUNCTYPE(ctypes.c_int)(place)() > 0`;
const hasI386 = existsSync('/proc/sys/abi/vsyscall32');

/** What the system-call filter alone denies: without it each succeeds in the same namespaces, without a capability. */
const calls: readonly (readonly [string, string])[] = [
  ['traces', call(101, 117, '0, 0, 0, 0')],
  ['reads memory by process number', call(310, 270, 'os.getpid(), vector, 1, vector, 1, 0')],
  ['writes memory by process number', call(311, 271, 'os.getpid(), vector, 1, vector, 1, 0')],
  ['opens a process', call(434, 434, 'os.getpid(), 0')],
  ['makes a user namespace', call(272, 97, '0x10000000')],
  ['clones into a user namespace', `pid = libc.syscall(${process.arch === 'arm64' ? 220 : 56}, 0x10000011, 0, 0, 0, 0)\nif pid == 0: os._exit(0)\nif pid < 0: raise OSError`],
  ['joins a session keyring', call(250, 219, '1, 0, 0, 0, 0')],
  ['makes a file without a name (memfd)', call(319, 279, 'b"x", 0')],
  ['makes System V shared memory', call(29, 194, '0, 4096, 0o1600')],
  ['makes a System V message queue', call(68, 186, '0, 0o1600')],
  ['makes System V semaphores', call(64, 190, '0, 1, 0o1600')],
  ['watches files', call(294, 26, '0')],
  ['sends a signal by thread number to itself as a group', call(129, 138, 'os.getpid(), 0, ctypes.create_string_buffer(128)')],
  ['opens an abstract Unix socket', 'import socket\nsocket.socket(socket.AF_UNIX).bind("\\0nextune")'],
  ['opens a netlink socket', 'import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)'],
  ['opens a raw Unix datagram', 'import socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)'],
  ['starts a process', 'if os.fork() == 0: os._exit(0)\nos.wait()'],
  ['changes its personality', call(135, 92, '0x0040000')],
  ['stays in memory', call(149, 228, 'vector, 64')],
  ['makes an entropy pool of its own', call(318, 278, 'ctypes.create_string_buffer(8), 8, 0')],
  ...(process.arch === 'x64' && hasI386 ? [['speaks to the kernel as an i386 program', machineCode('b814000000cd80c3')] as const] : []),
  ['changes its name for the kernel', call(157, 167, '15, b"nsjail", 0, 0, 0')],
]; // biome-ignore format: a table

/** What its own namespaces and mounts deny. */
const views: readonly (readonly [string, string])[] = [
  ['signals its parent', 'assert os.getppid() > 0\nos.kill(os.getppid(), 0)'],
  ['sees its parent', 'assert os.getppid() != 0'],
  ['reads an environment through /proc', 'open("/proc/1/environ", "rb").read(1)'],
  ['reads memory maps through /proc', 'open("/proc/self/maps").read(1)'],
  ["opens another process's folder", 'os.listdir("/proc/1/task")'],
  ['reads the mounts of its jail', 'open("/proc/self/mountinfo").read(1)'],
  ['opens its files anew through /proc', 'os.open("/proc/self/fd/0", os.O_RDWR)'],
  ['has an unlimited number of files', '[open("/tmp/f%d" % i, "w").close() for i in range(1100)]'],
  ['leaves what it made where the next one finds it', 'seen = os.path.exists("/tmp/left")\nopen("/tmp/left", "w").close()\nassert seen'],
]; // biome-ignore format: a table

export const escapes: readonly Escape[] = [
  ...calls.map(([name, body]) => ({ name, body, rule: 'seccomp' as const })),
  ...views.map(([name, body]) => ({ name, body, rule: 'candidate-namespaces' as const })),
];
