import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** Written aside first: who reads a mark before its content is there would take it for a cut-off one, and remove it. */
const writeAside = (file, holder) => {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(holder));
  return aside;
};

const linkOnce = (from, to) => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
};

const tryTake = (file) => {
  const aside = writeAside(file, { pid: process.pid });
  try {
    return linkOnce(aside, file);
  } finally {
    rmSync(aside, { force: true });
  }
};

const isHeld = (holder) => Boolean(holder?.pid && isAlive(holder.pid, 'bootstrap'));

/** Moves a dead set-up's mark out of the way, and puts it back where it is that of one which came in between. */
const removeStale = (file) => {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const holder = readHolder(aside);
  if (isHeld(holder)) linkOnce(aside, file);
  else endOrphan(holder);
  rmSync(aside, { force: true });
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
    if (isHeld(holder)) {
      if (!told) say(`Another set-up is running here (process ${holder.pid}); waiting for it.`);
      told = true;
      await pause(pollMs);
      continue;
    }
    removeStale(file);
  }
  return {
    /** Notes the process group of the installer now running. */
    noteChild: (child, childHint) => renameSync(writeAside(file, { pid: process.pid, child, childHint }), file),
    release: () => rmSync(file, { force: true }),
  };
};
