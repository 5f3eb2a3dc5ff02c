import { existsSync } from 'node:fs';
import { type Cgroup, findCgroup } from './cgroup.js';
import { type BubblewrapGap, bubblewrapGaps } from './engine/bubblewrap.js';
import type { Engine } from './engine/engine.js';
import { findEngine } from './find.js';
import { hostFindings } from './host/findings.js';
import { type Obstacle, obstaclesOf } from './host/obstacles.js';
import type { RunOutcome } from './outcome.js';
import type { JailMountInput, JailPolicyInput } from './policy.js';
import { run } from './run.js';

/** What a program in a jail found of its isolation. */
export interface Confinement {
  noNewPrivileges: boolean;
  seccomp: boolean;
  /** The jailed process held no capability. */
  noCapabilities: boolean;
  /** Only the jail's own processes were to be seen. */
  ownProcesses: boolean;
  /** No network device but the ones that every new namespace has. */
  noNetwork: boolean;
  /** The policy's limits were those of the process. */
  limits: boolean;
}

/** What isolation this machine gave when it was tried. */
export interface Isolation extends Confinement {
  engine: Engine | undefined;
  /** A jail with its own user, process, mount, network, IPC and host-name namespaces ran a command. */
  namespaces: boolean;
  /** Control groups in which a jail over its memory limit was ended: `none` leaves limits to rlimits and sized tmpfs. */
  cgroup: Cgroup['version'] | 'none';
  /** What was missing or went wrong, in the engine's or the kernel's words. */
  reasons: string[];
  /** What forbids a jail here, with its remedy. */
  obstacles: Obstacle[];
}

const mebibyte = 1024 * 1024;
const hostDirs = ['/bin', '/lib', '/lib64', '/usr'];
const shell = '/bin/sh';
const wallMs = 10_000;

/** Shell built-ins only, so that nothing but a shell has to be there. */
const lookAround = `
while read -r line; do echo "status $line"; done < /proc/self/status
while read -r line; do echo "limit $line"; done < /proc/self/limits
while read -r line; do echo "net $line"; done < /proc/net/dev
for name in /proc/[0-9]*; do echo "process $name"; done
echo "self $$"
`;
/** 16 bytes, doubled 23 times: 128 MiB. */
const takeMemory = 'x=0123456789abcdef; i=0; while [ $i -lt 23 ]; do x=$x$x; i=$((i+1)); done; echo "$i"';

const mounts = (): JailMountInput[] => [
  ...hostDirs.filter((dir) => existsSync(dir)).map((source): JailMountInput => ({ kind: 'bind', source })),
  { kind: 'proc' },
];

const addressSpaceBytes = 384 * mebibyte;
const processes = 24;

/** Reads what the script saw from inside. */
export const readFindings = (output: string): Confinement => {
  const lines = output.split('\n');
  const status = (key: string): string =>
    lines.find((line) => line.startsWith(`status ${key}:`))?.split(/\s+/)[2] ?? '';
  const limit = (name: string): string =>
    lines
      .find((line) => line.startsWith(`limit ${name} `))
      ?.slice(`limit ${name}`.length)
      .trim()
      .split(/\s+/)[1] ?? '';
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
    limits: limit('Max address space') === String(addressSpaceBytes) && limit('Max processes') === String(processes),
  };
};

const nothing: Confinement = readFindings('');

const accept = Object.keys(bubblewrapGaps) as BubblewrapGap[];
const inJail = (engine: Engine, script: string, policy: JailPolicyInput) =>
  run({ policy, command: shell, args: ['-c', script], engine, accept });

/** A jail that takes more than its group may have is ended for it, and what it left is gone. */
const tryCgroup = async (engine: Engine): Promise<{ cgroup: Isolation['cgroup']; reason?: string }> => {
  const place = engine.kind === 'nsjail' ? findCgroup() : undefined;
  if (place === undefined) return { cgroup: 'none' };
  const limits = { wallMs, addressSpaceBytes, memoryBytes: 16 * mebibyte, totalProcesses: 16 };
  const { outcome } = await inJail(engine, takeMemory, { mounts: mounts(), limits });
  if (outcome.kind === 'memory') return { cgroup: place.version };
  return { cgroup: 'none', reason: `cgroup ${place.version} does not hold: ${wordsFor(outcome, '')}` };
};

const wordsFor = (outcome: RunOutcome, stderr: string): string =>
  outcome.kind === 'refused' ? outcome.reason : `${JSON.stringify(outcome)} ${stderr}`.trim();

const noJail = (engine: Engine | undefined, reason: string): Isolation => ({
  engine,
  namespaces: false,
  ...nothing,
  cgroup: 'none',
  reasons: [reason],
  obstacles: engine === undefined && process.platform === 'linux' ? [] : obstaclesOf(hostFindings(reason)),
});

/** Finds out what this machine can isolate, by running a jail and looking around in it. Never throws. */
export const probe = async (options: { engine?: Engine | undefined } = {}): Promise<Isolation> => {
  const engine = options.engine ?? findEngine('nsjail');
  if (engine === undefined) return noJail(engine, 'nsjail was not found: install it, or set NSJAIL to its path');
  const limits = { wallMs, addressSpaceBytes, processes };
  const { outcome, stdout, stderrTail } = await inJail(engine, lookAround, { mounts: mounts(), limits });
  if (outcome.kind !== 'exit' || outcome.code !== 0) return noJail(engine, wordsFor(outcome, stderrTail));
  const findings = readFindings(stdout.toString('utf8'));
  const { cgroup, reason } = await tryCgroup(engine);
  const missing = Object.entries(findings).flatMap(([name, holds]) =>
    holds ? [] : [`${name} does not hold in a jail`],
  );
  return {
    engine,
    namespaces: true,
    ...findings,
    cgroup,
    reasons: [...missing, ...(reason ? [reason] : [])],
    obstacles: [],
  };
};
