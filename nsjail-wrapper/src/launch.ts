import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { configText, type OutsideIdentity } from './config-text.js';
import { findNsjail, findOnPath } from './find.js';
import { type JailPolicyInput, jailPolicySchema } from './policy.js';

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
  /** The nsjail to use; without it `findNsjail()`. */
  nsjail?: string | undefined;
}

const logFd = 3;
const configFd = 4;
/** The first descriptor of a jail's channels. */
export const firstChannelFd = 5;

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

/** Opens the configuration and removes its name at once: a parent that is killed leaves no file behind. */
const openUnlinked = (text: string): number => {
  const dir = mkdtempSync(join(tmpdir(), 'nsjail-'));
  try {
    writeFileSync(join(dir, 'config'), text, { mode: 0o600 });
    return openSync(join(dir, 'config'), 'r');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/**
 * Starts nsjail with stdin, stdout, stderr and its own log as pipes 0 to 3. It dies with its parent where `setpriv`
 * (util-linux) is there to say so, and the jail dies with nsjail. A session of its own keeps a terminal's ctrl-c from it.
 * @throws z.ZodError for a malformed policy; @throws Error when there is no nsjail.
 */
export const launch = (request: LaunchRequest): ChildProcess => {
  const policy = jailPolicySchema.parse(request.policy);
  const nsjail = request.nsjail ?? findNsjail();
  if (nsjail === undefined) throw new Error('nsjail was not found: install it, or set NEXTUNE_NSJAIL to its path');
  const setpriv = findOnPath('setpriv');
  const argv = [nsjail, '--config', `/proc/self/fd/${configFd}`, '--', request.command, ...(request.args ?? [])];
  const [file = nsjail, ...args] = setpriv === undefined ? argv : [setpriv, '--pdeathsig', 'KILL', '--', ...argv];
  const extra = [...Array<'pipe'>(request.channels ?? 0).fill('pipe'), ...(request.inherit ?? [])];
  const passFds = extra.map((_, index) => firstChannelFd + index);
  const config = openUnlinked(configText(policy, outsideIdentity(policy), { logFd, passFds }));
  try {
    return spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe', 'pipe', config, ...extra], detached: true, env: {} });
  } finally {
    closeSync(config);
  }
};
