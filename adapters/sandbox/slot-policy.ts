import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JailMountInput, JailPolicyInput } from 'nsjail-wrapper';
import { resourcePath } from '../paths.js';
import type { JailPython } from './interpreter.js';
import type { Weakening } from './isolation.js';

const mebibyte = 1024 * 1024;
/** What a candidate's process can read of ours: nothing of the judge's. */
const candidateModules = [
  '__init__',
  'candidate',
  'chance',
  'confine',
  'control',
  'decode',
  'encode',
  'kinds',
  'seccomp',
];
const candidateSources = [...candidateModules, 'wire', 'zygote'].map((name) => `${name}.py`);

/** Source files go in as content: the jail's user may be unable to enter their folder. */
const sourceMounts = (isWanted: (name: string) => boolean): JailMountInput[] => {
  const dir = resourcePath('python', 'nextune_jail');
  return readdirSync(dir)
    .filter((name) => name.endsWith('.py') && isWanted(name))
    .map((name) => ({ kind: 'file', target: `/nextune_jail/${name}`, content: readFileSync(join(dir, name), 'utf8') }));
};

const commonMounts = (python: JailPython): JailMountInput[] => [
  ...python.mounts,
  { kind: 'bind', source: '/dev/null', writable: true },
  { kind: 'tmpfs', target: '/tmp', sizeBytes: 64 * 1024, noExec: true },
];

/** Symbols are looked up at the start, not again in each child. */
const boundAtStart = { LD_BIND_NOW: '1' };

/** Ample address space: a candidate's own limit is set in its process, and can't exceed this one. */
const addressSpaceBytes = 16 * 1024 * mebibyte;

/**
 * The candidates' jail. Its supervisor makes namespaces and so needs more calls than its children, whom it filters; a
 * writable /proc is needed to map their users, and is covered in each child.
 */
const candidatesPolicy = (python: JailPython, accepted: readonly Weakening[]): JailPolicyInput => ({
  hostname: 'candidates',
  mounts: [
    ...commonMounts(python),
    ...sourceMounts((name) => candidateSources.includes(name)),
    { kind: 'proc', target: '/proc', writable: true },
  ],
  environment: { ...python.environment, ...boundAtStart, PYTHONHASHSEED: '1' },
  seccomp: accepted.includes('seccomp') ? 'none' : 'nesting',
  limits: { addressSpaceBytes, processes: 512, openFiles: 256, fileSizeBytes: 64 * mebibyte },
});

/** The judge's jail: no namespaces to make, nothing to see but Python. */
const judgePolicy = (python: JailPython, accepted: readonly Weakening[]): JailPolicyInput => ({
  hostname: 'judge',
  mounts: [...commonMounts(python), ...sourceMounts((name) => name !== 'zygote.py')],
  environment: { ...python.environment, PYTHONHASHSEED: '0' },
  seccomp: accepted.includes('seccomp') ? 'none' : 'default',
  limits: { addressSpaceBytes: 2 * 1024 * mebibyte, processes: 64, openFiles: 256, fileSizeBytes: mebibyte },
});

/** The policies of a slot's two jails. */
export const slotPolicies = (
  python: JailPython,
  accepted: readonly Weakening[],
): Record<'candidates' | 'judge', JailPolicyInput> => ({
  candidates: candidatesPolicy(python, accepted),
  judge: judgePolicy(python, accepted),
});

/** `-s -S -B`: nothing of a user's or a site's, no bytecode written. Not `-I`, which would ignore the hash seed. */
export const pythonArgs = (main: string, ...rest: string[]): string[] => [
  '-s',
  '-S',
  '-B',
  '-Wignore',
  '-c',
  `import sys; from nextune_jail.${main} import main; main(*sys.argv[1:])`,
  ...rest,
];
