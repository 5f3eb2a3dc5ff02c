import { readFileSync } from 'node:fs';
import { allPids } from '../adapters/supervisor/process-identity.js';

/** What proc(5) tells of a process; empty where it is gone. */
export const readProc = (pid: number, file: 'cmdline' | 'stat' | 'status'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
const parentOf = (pid: number): number => Number(readProc(pid, 'stat').split(') ').at(-1)?.split(' ')[1] ?? 0);

/** All that a process started, by parents: jails have an empty environment, so no mark tells them. */
export const descendantsOf = (root: number): number[] => {
  const pids = allPids().map((pid) => ({ pid, parent: parentOf(pid) }));
  const below = (parent: number): number[] =>
    pids.filter((one) => one.parent === parent).flatMap(({ pid }) => [pid, ...below(pid)]);
  return below(root);
};
