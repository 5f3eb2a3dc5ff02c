import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Cgroup, findCgroup, sweepCgroups } from './cgroup.js';
import { type BubblewrapGap, bubblewrapGaps, gapsOf, planBubblewrap } from './engine/bubblewrap.js';
import { type Engine, firstChannelFd, type OutsideIdentity, type Plan, reportFd } from './engine/engine.js';
import { planNsjail } from './engine/nsjail.js';
import { findEngine, findOnPath } from './find.js';
import { type JailPolicy, type JailPolicyInput, jailPolicySchema } from './policy.js';

export interface LaunchRequest {
  policy: JailPolicyInput;
  /** Path inside the jail. */
  command: string;
  args?: readonly string[];
  /**
   * Sockets beyond the standard streams, which the command finds open from descriptor 5 on: first `channels` new ones,
   * whose other ends are the jail's `channels`, then those in `inherit`, such as another jail's channel.
   */
  channels?: number;
  inherit?: readonly Duplex[];
  /** Without it `findEngine('nsjail')`. */
  engine?: Engine | undefined;
  /** With bubblewrap: what of the policy may go without, by name. */
  accept?: readonly BubblewrapGap[];
}

/** The jail can't be made as the policy says: an outcome, not a fault of the caller's. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/**
 * The host user a jail's processes belong to. Root has them be nobody; anyone else can only map themselves, so there
 * the jail's processes count as the caller's own to the host, and only the namespaces stand between.
 */
export const outsideIdentity = (policy: { uid: number; gid: number }): OutsideIdentity => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return uid === 0
    ? { uid: policy.uid === 0 ? 65534 : policy.uid, gid: policy.gid === 0 ? 65534 : policy.gid }
    : { uid, gid };
};

/** Opens what an engine reads and removes its name at once: a parent that is killed leaves no file behind. */
const openUnlinked = (contents: readonly (string | Buffer)[]): number[] => {
  const dir = mkdtempSync(join(tmpdir(), 'jail-'));
  try {
    return contents.map((content, index) => {
      const path = join(dir, String(index));
      writeFileSync(path, content, { mode: 0o600 });
      return openSync(path, 'r');
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

let setprivPath: { found: string | undefined } | undefined;
/** util-linux's setpriv; busybox has one of the same name that can't do what is needed here. */
const findSetpriv = (): string | undefined => {
  if (setprivPath === undefined) {
    const found = findOnPath('setpriv');
    const works = found !== undefined && spawnSync(found, ['--pdeathsig', 'clear', '--', 'true']).status === 0;
    setprivPath = { found: works ? found : undefined };
  }
  return setprivPath.found;
};

/**
 * The engine dies with this process. nsjail gets a SIGTERM, on which it takes its jail and control group with it; a parent
 * that died before the signal was asked for is noticed by the shell.
 */
const dyingWithParent = (setpriv: string, signal: 'TERM' | 'KILL', identity: readonly string[]): string[] => [
  ...[setpriv, ...identity, '--pdeathsig', signal, '--'],
  ...['/bin/sh', '-c', `test "$PPID" = ${process.pid} && exec "$@"`, 'sh'],
];

const planOf = (policy: JailPolicy, request: LaunchRequest, engine: Engine, cgroup: Cgroup | undefined): Plan => {
  const outside = outsideIdentity(policy);
  const extras = (request.channels ?? 0) + (request.inherit?.length ?? 0);
  const passFds = Array.from({ length: extras }, (_, index) => firstChannelFd + index);
  const setpriv = findSetpriv();
  if (engine.kind === 'nsjail') {
    const plan = planNsjail({ engine, policy, outside, passFds, cgroup });
    const argv = [...(setpriv === undefined ? [] : dyingWithParent(setpriv, 'TERM', [])), ...plan.argv];
    return { ...plan, argv };
  }
  const limiter = findOnPath('prlimit');
  if (limiter === undefined)
    throw new Refusal('bubblewrap sets no limits by itself: prlimit (util-linux) was not found');
  if (setpriv === undefined)
    throw new Refusal('setpriv (util-linux) was not found: bubblewrap would outlive its parent');
  const isRoot = process.getuid?.() === 0;
  const nobody = ['--reuid', String(outside.uid), '--regid', String(outside.gid), '--clear-groups'];
  const plan = planBubblewrap({ engine, policy, outside, passFds, cgroup, limiter });
  return { ...plan, argv: [...dyingWithParent(setpriv, 'KILL', isRoot ? nobody : []), ...plan.argv] };
};

const refuseGaps = (policy: JailPolicy, accepted: readonly BubblewrapGap[]): void => {
  const gaps = gapsOf(policy).filter((gap) => !accepted.includes(gap));
  if (gaps.length === 0) return;
  const named = gaps.map((gap) => `${gap} (${bubblewrapGaps[gap]})`).join(', ');
  throw new Refusal(`bubblewrap can't give all of this policy, and it was not accepted: ${named}`);
};

let swept = false;
/** The control group place that a policy needs, after what killed jails left there was removed. */
export const cgroupFor = ({ limits }: JailPolicy): Cgroup | undefined => {
  if (limits.memoryBytes === undefined && limits.totalProcesses === undefined) return undefined;
  const cgroup = findCgroup();
  if (cgroup === undefined)
    throw new Refusal('limits.memoryBytes and limits.totalProcesses need a control group, and this user may make none');
  if (!swept) sweepCgroups(cgroup);
  swept = true;
  return cgroup;
};

const engineOf = (request: LaunchRequest): Engine => {
  const engine = request.engine ?? findEngine('nsjail');
  if (engine === undefined) throw new Error('nsjail was not found: install it, or set NSJAIL to its path');
  return engine;
};

const closesOnExec = 0o2000000;
/**
 * Descriptors that this process was itself started with and would hand on: Node marks only its own to close. A jail
 * gets the null device in their place.
 */
const inheritedFds = (): number[] =>
  readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => {
      try {
        const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
        return fd > 2 && flags !== undefined && (Number.parseInt(flags, 8) & closesOnExec) === 0;
      } catch {
        return false;
      }
    });

type Stdio = 'pipe' | 'ignore' | Duplex | number;
/** What each of the engine's descriptors is; `opened` are to be closed here once it has them. */
const descriptorsFor = (request: LaunchRequest, plan: Plan): { stdio: Stdio[]; opened: number[] } => {
  const opened = openUnlinked([...plan.inputs.values()]);
  const stdio: Stdio[] = Array(reportFd + 1).fill('pipe');
  const extras = [...Array<'pipe'>(request.channels ?? 0).fill('pipe'), ...(request.inherit ?? [])];
  for (const [index, extra] of extras.entries()) stdio[firstChannelFd + index] = extra;
  for (const [index, fd] of [...plan.inputs.keys()].entries()) stdio[fd] = opened[index] as number;
  const strays = inheritedFds().filter((fd) => stdio[fd] === undefined);
  const nothing = strays.length === 0 ? [] : [openSync('/dev/null', 'r')];
  for (const fd of strays) stdio[fd] = nothing[0] as number;
  // Node passes over holes, and would number what follows anew.
  return { stdio: Array.from(stdio, (each) => each ?? 'ignore'), opened: [...opened, ...nothing] };
};

export interface Launched {
  child: ChildProcess;
  engine: Engine;
  policy: JailPolicy;
  cgroup: Cgroup | undefined;
}

/**
 * Starts the engine with stdin, stdout, stderr and its own report as pipes 0 to 3. A session of its own keeps a
 * terminal's ctrl-c from it.
 * @throws z.ZodError for a malformed policy; @throws Error when there is no engine; @throws Refusal
 */
export const launch = (request: LaunchRequest): Launched => {
  const policy = jailPolicySchema.parse(request.policy);
  const engine = engineOf(request);
  if (engine.kind === 'bubblewrap') refuseGaps(policy, request.accept ?? []);
  const cgroup = engine.kind === 'nsjail' ? cgroupFor(policy) : undefined;
  const plan = planOf(policy, request, engine, cgroup);
  const [file = '', ...args] = [...plan.argv, request.command, ...(request.args ?? [])];
  const { stdio, opened } = descriptorsFor(request, plan);
  try {
    return { child: spawn(file, args, { stdio, detached: true, env: {} }), engine, policy, cgroup };
  } finally {
    for (const fd of opened) closeSync(fd);
  }
};
