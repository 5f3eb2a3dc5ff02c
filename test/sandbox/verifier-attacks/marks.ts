import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { descendantsOf, readProc } from '../../descendants.js';

const orNothing = <T>(read: () => T, nothing: T): T => {
  try {
    return read();
  } catch {
    return nothing;
  }
};

/** This process and what it started, directly or not, by number. */
export const ownProcesses = (): number[] => [process.pid, ...descendantsOf(process.pid)];

/** Resident memory of what this process started, in bytes. */
export const memoryOfChildren = (): number =>
  descendantsOf(process.pid)
    .map((pid) => /VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1])
    .reduce((sum, kib) => sum + Number(kib ?? 0) * 1024, 0);

/** Internet sockets of the host's network that this process or one it started holds: their lines in /proc/net. */
export const hostSockets = (): string[] => {
  const held = new Set(
    ownProcesses().flatMap((pid) => {
      const folder = `/proc/${pid}/fd`;
      const names = orNothing(() => readdirSync(folder), []);
      return names.map((name) => /^socket:\[(\d+)\]/.exec(orNothing(() => readlinkSync(join(folder, name)), ''))?.[1]);
    }),
  );
  const isHeld = (inode: string | undefined): boolean => inode !== undefined && held.has(inode);
  return ['tcp', 'tcp6', 'udp', 'udp6', 'raw'].flatMap((kind) =>
    orNothing(() => readFileSync(`/proc/net/${kind}`, 'utf8'), '')
      .split('\n')
      .filter((line) => isHeld(line.trim().split(/\s+/)[9])),
  );
};

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** What a jail sees of the host's files, or tries to write: names of folders, and content of the code that runs in it. */
export const hostFiles = (): Record<string, string> => {
  const library = readdirSync('/usr/lib').filter((name) => /^python3\.\d+$/.test(name));
  const folders = ['/', ...library.map((name) => `/usr/lib/${name}`)];
  const code = join(process.cwd(), 'python', 'nextune_jail');
  const files = readdirSync(code).filter((name) => name.endsWith('.py'));
  return Object.fromEntries([
    ...folders.map((folder) => [folder, `${readdirSync(folder).sort().join(' ')} ${statSync(folder).mode}`]),
    ...files.map((name) => [name, digestOf(join(code, name))]),
  ]);
};

const sentry = `
import os, signal
def told(number, frame):
    os.write(1, b"%d\\n" % number)
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM}:
    try: signal.signal(number, told)
    except OSError: pass
os.write(1, b"ready\\n")
while True: signal.pause()
`;

export interface Sentry {
  pid: number;
  /** Signals that reached it so far, and its first word. */
  said: () => string[];
  stop: () => Promise<string[]>;
}

/** A process of the same user that tells which signals reach it. */
export const startSentry = async (): Promise<Sentry> => {
  const child = spawn('/usr/bin/python3', ['-c', sentry], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(child.stdout, 'data');
  return {
    pid: child.pid as number,
    said: () => said.trim().split('\n'),
    stop: async () => {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const [, signal] = await closed;
      return [...said.trim().split('\n'), String(signal)];
    },
  };
};
