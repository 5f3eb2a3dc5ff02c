import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { writeOnceDurably } from '../store/write-durably.js';
import { type Finding, fail, gibibyte, inGibibytes, ok, warn } from './finding.js';

/** The folder itself, or where it is not there yet the nearest one above it that is. */
const existing = (dir: string): string => (existsSync(dir) ? dir : existing(dirname(dir)));

/** Writes as the store does: a temporary file, sync, a hard link, sync of the folder. */
export const checkStore = async (stateDir: string): Promise<Finding[]> => {
  const dir = existing(stateDir);
  const path = join(dir, `.nextune-doctor-${randomUUID()}`);
  try {
    const began = performance.now();
    await writeOnceDurably(path, 'doctor');
    return [
      ok('store', `${stateDir} can be written; a durable write took ${(performance.now() - began).toFixed(0)} ms`),
    ];
  } catch (error) {
    const remedy = 'give yourself the right to write there, or name another folder (store.dir, --state-dir)';
    return [fail('store', `${dir} can't be written durably: ${(error as Error).message}`, remedy)];
  } finally {
    await rm(path, { force: true });
  }
};

/** The base model unpacked (0.3 GiB), checkpoints and adapters of a few rounds, answers and histories. */
const diskNeeded = 2 * gibibyte;
const diskWished = 5 * gibibyte;

export const diskFinding = (dir: string, freeBytes: number): Finding => {
  const found = `${inGibibytes(freeBytes)} free at ${dir}; a small campaign takes about ${inGibibytes(diskNeeded)}`;
  const remedy = 'make room, or name a folder on another disk (store.dir, --state-dir)';
  if (freeBytes < diskNeeded) return fail('disk', found, remedy);
  return freeBytes < diskWished ? warn('disk', found, remedy) : ok('disk', found);
};

export const checkDisk = async (stateDir: string): Promise<Finding[]> => {
  const dir = existing(stateDir);
  const { bavail, bsize } = await statfs(dir);
  return [diskFinding(dir, bavail * bsize)];
};

/** A limit set on this container or session, which the system's own figures don't show (cgroup v2, then v1). */
const memoryLimit = (): number => {
  for (const path of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    const limit = existsSync(path) ? Number(readFileSync(path, 'utf8')) : Number.NaN;
    if (limit > 0) return limit;
  }
  return Number.POSITIVE_INFINITY;
};

/** Trainer or engine at their largest with the embedded model; they take turns. Server and worker take the rest. */
const memoryNeeded = 3 * gibibyte;
const memoryWished = 6 * gibibyte;

export const memoryFinding = (totalBytes: number, freeBytes: number): Finding => {
  const found = `${inGibibytes(freeBytes)} free of ${inGibibytes(totalBytes)}; training takes about ${inGibibytes(memoryNeeded)}`;
  if (totalBytes < memoryNeeded) {
    return fail('memory', found, 'use a larger machine, or a model endpoint elsewhere with trainer.kind: none');
  }
  const remedy = 'end other programs, or lower trainer.batchSize and trainer.maxTokens';
  return freeBytes < memoryNeeded || totalBytes < memoryWished ? warn('memory', found, remedy) : ok('memory', found);
};

export const checkMemory = async (): Promise<Finding[]> => {
  const total = Math.min(totalmem(), memoryLimit());
  return [memoryFinding(total, Math.min(freemem(), total))];
};
