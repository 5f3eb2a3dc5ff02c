import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, isRunning, type ProcessIdentity, processIdentitySchema } from './process-identity.js';
import { runFile } from './state.js';

/** Who holds the lock; undefined when its file is absent or unreadable. */
const ownerIn = (path: string): ProcessIdentity | undefined => {
  try {
    return processIdentitySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
};

const linkOnce = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Moves a dead owner's lock out of the way; puts it back when it turns out to be a living one's that came in between. */
const removeStale = (path: string): void => {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const owner = ownerIn(aside);
  if (owner && isRunning(owner)) linkOnce(aside, path);
  rmSync(aside, { force: true });
};

export type Lock = { release: () => void } | { heldBy: ProcessIdentity };

/** Takes the folder's lock of this name, or returns the living process that has it. A dead owner's lapses. */
export const takeLock = (stateDir: string, name: 'supervisor' | 'up'): Lock => {
  const path = runFile(stateDir, `${name}.lock`);
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (linkOnce(own, path)) return { release: () => rmSync(path, { force: true }) };
      const owner = ownerIn(path);
      if (owner && isRunning(owner)) return { heldBy: owner };
      removeStale(path);
    }
    throw new Error(`the lock ${path} can't be taken: remove it if no nextune runs on this folder`);
  } finally {
    rmSync(own, { force: true });
  }
};
