import type { Seccomp } from './policy.js';
import { cloneNamespaceBits, deniedNumbers, machineOf, x32Bit } from './syscalls.js';

const eperm = 1;
const enosys = 38;

/** The kafel program of a setting, for nsjail (https://github.com/google/kafel); undefined where nothing is filtered. */
export const kafelOf = (seccomp: Seccomp): string | undefined => {
  if (seccomp === 'none') return undefined;
  if (typeof seccomp === 'object') return seccomp.kafel;
  const denied = deniedNumbers(seccomp === 'nesting').map((number) => `SYSCALL[${number}]`);
  if (seccomp === 'nesting') return `POLICY jail { ERRNO(${eperm}) { ${denied.join(', ')} } } USE jail DEFAULT ALLOW`;
  // clone3 passes its flags by pointer, where a filter can't look: ENOSYS makes libc fall back to clone.
  const clone = `clone(flags) { (flags & 0x${cloneNamespaceBits.toString(16)}) != 0 }`;
  return `POLICY jail { ERRNO(${eperm}) { ${[...denied, clone].join(', ')} }, ERRNO(${enosys}) { SYSCALL[${machineOf().clone3}] } } USE jail DEFAULT ALLOW`;
};

/** Classic BPF, linux/filter.h: load a word, jump if equal, if at least, if any bit is set, return. */
const [load, jumpEqual, jumpAtLeast, jumpAnyBit, giveBack] = [0x20, 0x15, 0x35, 0x45, 0x06];
/** Offsets into struct seccomp_data (linux/seccomp.h), little-endian: number, architecture, low word of the first argument. */
const [numberAt, archAt, firstArgumentAt] = [0, 4, 16];
const [allow, refuse, kill] = [0x7fff0000, 0x00050000, 0x80000000];

const instruction = (code: number, value: number, onTrue = 0, onFalse = 0): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(onTrue, 2);
  bytes.writeUInt8(onFalse, 3);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
};

const cloneInstructions = (clone: number, clone3: number): Buffer[] => [
  instruction(jumpEqual, clone, 0, 4),
  instruction(load, firstArgumentAt),
  instruction(jumpAnyBit, cloneNamespaceBits, 0, 1),
  instruction(giveBack, refuse | eperm),
  instruction(giveBack, allow),
  instruction(jumpEqual, clone3, 0, 1),
  instruction(giveBack, refuse | enosys),
];

/**
 * The same filter as a classic BPF program, for bubblewrap. Undefined where nothing is filtered.
 * @throws Error for a kafel program, which only nsjail compiles.
 */
export const bpfOf = (seccomp: Seccomp, arch: string = process.arch): Buffer | undefined => {
  if (seccomp === 'none') return undefined;
  if (typeof seccomp === 'object') throw new Error('a kafel program needs nsjail');
  const { audit, clone, clone3 } = machineOf(arch);
  const denied = deniedNumbers(seccomp === 'nesting', arch).filter((number) => number < x32Bit);
  return Buffer.concat([
    instruction(load, archAt),
    instruction(jumpEqual, audit, 1, 0),
    instruction(giveBack, kill),
    instruction(load, numberAt),
    // The x32 interface has the whole table again under other numbers.
    instruction(jumpAtLeast, x32Bit, 0, 1),
    instruction(giveBack, refuse | enosys),
    ...(seccomp === 'nesting' ? [] : cloneInstructions(clone, clone3)),
    ...denied.flatMap((number) => [instruction(jumpEqual, number, 0, 1), instruction(giveBack, refuse | eperm)]),
    instruction(giveBack, allow),
  ]);
};
