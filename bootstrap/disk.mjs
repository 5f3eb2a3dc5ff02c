import { statfsSync } from 'node:fs';
import { SetupFailure } from './failure.mjs';

const bytesPerMb = 1e6;

/** Downloads are kept twice for a moment: packed, and while they are unpacked. */
export const neededMb = (steps) => steps.reduce((sum, step) => sum + step.diskMb + step.downloadMb, 0);

export const freeMb = (dir) => {
  const { bavail, bsize } = statfsSync(dir);
  return Math.floor((bavail * bsize) / bytesPerMb);
};

const gb = (mb) => `${(mb / 1000).toFixed(1)} GB`;

/** @throws SetupFailure when the folder's disk can't hold what is to be installed. */
export const requireSpace = (dir, steps, free = freeMb(dir)) => {
  const needed = neededMb(steps);
  if (free >= needed) return;
  throw new SetupFailure(
    `Not enough disk space in ${dir}: ${gb(needed)} needed, ${gb(free)} free.`,
    `Free at least ${gb(needed - free)}, or clone to a disk with more room, then run the same command again.`,
  );
};
