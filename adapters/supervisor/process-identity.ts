import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process that can't be mistaken for another: pids come round again, a pid with its start time and boot does not. */
export const processIdentitySchema = z.object({
  pid: z.int().positive(),
  /** Clock ticks from boot to the process's start: field 22 of proc(5)'s stat. */
  startTicks: z.string(),
  bootId: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

interface ProcessStat {
  state: string;
  groupId: number;
  threads: number;
  startTicks: string;
}

/** Fields after the command's name, which is in brackets and may itself hold spaces and brackets. */
const statOf = (pid: number): ProcessStat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state = '', , groupId] = fields;
    return { state, groupId: Number(groupId), threads: Number(fields[17]), startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
};

/** A zombie has ended, but not while further threads of it, which hold its files and ports, are still on their way out. */
const hasEnded = ({ state, threads }: ProcessStat): boolean => state === 'Z' && threads <= 1;

/** Who runs under this pid now; undefined when nobody does. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const stat = statOf(pid);
  return stat && !hasEnded(stat) ? { pid, startTicks: stat.startTicks, bootId: bootId() } : undefined;
};

export const isRunning = (identity: ProcessIdentity): boolean => {
  const now = identify(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
};

export const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Whether anyone of a process group runs. Zombies don't count: where nobody reaps them they stay in it for good. */
export const isGroupRunning = (groupId: number): boolean =>
  allPids().some((pid) => {
    const stat = statOf(pid);
    return stat !== undefined && stat.groupId === groupId && !hasEnded(stat);
  });
