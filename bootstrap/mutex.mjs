import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 500;

/** What a process is running, where the system tells (Linux): a number may be in use again by a stranger. */
const commandLine = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
};

const isAlive = (pid, hint) => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return commandLine(pid)?.includes(hint) ?? true;
};

const readHolder = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** A bootstrap that was killed may have left its installer running: end it before anything writes beside it. */
const endOrphan = (holder) => {
  if (!holder?.child || !isAlive(holder.child, holder.childHint)) return;
  try {
    process.kill(-holder.child, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
};

const tryTake = (file) => {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
};

/**
 * Lets one bootstrap at a time work in this folder: a second one waits for the first and then finds nothing to do.
 * A holder that died is recognised by its process, and its installer is ended.
 */
export const takeMutex = async (stateDir, say) => {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'running.json');
  let told = false;
  while (!tryTake(file)) {
    const holder = readHolder(file);
    if (holder?.pid && isAlive(holder.pid, 'bootstrap')) {
      if (!told) say(`Another set-up is running here (process ${holder.pid}); waiting for it.`);
      told = true;
      await pause(pollMs);
      continue;
    }
    endOrphan(holder);
    rmSync(file, { force: true });
  }
  return {
    /** Notes the process group of the installer now running. */
    noteChild: (child, childHint) => writeFileSync(file, JSON.stringify({ pid: process.pid, child, childHint })),
    release: () => rmSync(file, { force: true }),
  };
};
