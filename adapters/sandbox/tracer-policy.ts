import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JailPolicyInput } from 'nsjail-wrapper';
import { resourcePath } from '../paths.js';
import type { JailPython } from './interpreter.js';
import { type Weakening, weakenings } from './isolation.js';

const mebibyte = 1024 * 1024;
/** The zygote and its confined children see these packages, and none of their folders. */
const packages = ['nextune_trace', 'nextune_weave', 'nextune_jail'];
const codeDir = '/code';

const codeMounts = (): JailPolicyInput['mounts'] =>
  packages.flatMap((name) =>
    readdirSync(resourcePath('python', name))
      .filter((file) => file.endsWith('.py'))
      .map((file) => ({
        kind: 'file' as const,
        target: join(codeDir, name, file),
        content: readFileSync(resourcePath('python', name, file), 'utf8'),
      })),
  );

/** The tracer's own sources, which its traces depend on. */
export const tracerCode = (): string[] =>
  (codeMounts() ?? []).flatMap((mount) => ('content' in mount ? [String(mount.content)] : []));

/** Isolated but for the environment, which the jail keeps empty: `-I` would pass over the hash seed too. */
export const tracerArgs = (accepted: readonly Weakening[]): string[] => [
  ...['-s', '-S', '-B', '-W', 'ignore'],
  ...['-c', `import sys; sys.path[0] = '${codeDir}'; from nextune_trace.zygote import main; main(*sys.argv[1:])`],
  accepted.map((name) => weakenings[name].option).join(','),
];

/**
 * The jail of a tracer's zygote: Python, its own code, an empty /tmp, and the right to make namespaces for its children.
 * Strings hash alike in every run, or a program's own walk over a set would differ.
 */
export const tracerPolicy = (
  python: JailPython,
  memoryBytes: number,
  accepted: readonly Weakening[],
): JailPolicyInput => ({
  mounts: [
    ...python.mounts,
    ...(codeMounts() ?? []),
    { kind: 'bind', source: '/dev/null', writable: true },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 16 * mebibyte },
    { kind: 'proc', writable: true },
  ],
  environment: { PYTHONHASHSEED: '0', LC_ALL: 'C.UTF-8' },
  limits: {
    addressSpaceBytes: memoryBytes + 256 * mebibyte,
    processes: 64,
    fileSizeBytes: 8 * mebibyte,
  },
  seccomp: accepted.includes('seccomp') ? 'none' : 'nesting',
});
