import { randomUUID } from 'node:crypto';
import { closeSync, fsync, linkSync, mkdirSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { explainingFull } from './full-disk.js';

const writeTemporary = async (path: string, bytes: Uint8Array | string): Promise<string> => {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await openInFolder(temporary);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
};

/** Nearly always the folder is there: asking first would cost every write a call. */
const openInFolder = (path: string): Promise<FileHandle> =>
  open(path, 'wx', 0o600).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'wx', 0o600);
  });

/** The rename itself lasts only once the folder is synced (fsync(2)). */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Writes a file whole or not at all, on disk when it returns: temporary file, sync, rename, sync of the folder. */
export const writeDurably = (path: string, bytes: Uint8Array | string): Promise<void> =>
  explainingFull(path, async () => {
    const temporary = await writeTemporary(path, bytes);
    await rename(temporary, path).catch(async (error: unknown) => {
      await unlink(temporary).catch(() => undefined);
      throw error;
    });
    await syncFolder(path);
  });

/** The same, but the first writer wins: returns false, and changes nothing, where the file is there already. */
export const writeOnceDurably = (path: string, bytes: Uint8Array | string): Promise<boolean> =>
  explainingFull(path, () => linkOnce(path, bytes));

/**
 * Nearly all of what it costs is the two syncs: only these wait on a file thread, for each further turn there costs a busy process more
 * than the call itself. It is for records of some thousand bytes; larger ones would hold up whatever else the process does.
 */
const linkOnce = async (path: string, bytes: Uint8Array | string): Promise<boolean> => {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = openHere(temporary);
  try {
    await closing(file, async () => {
      writeFileSync(file, bytes);
      await synced(file);
    });
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkIfThere(temporary);
  }
  const folder = openSync(dirname(path), 'r');
  await closing(folder, () => synced(folder));
  return true;
};

const synced = promisify(fsync);

const closing = async (file: number, use: () => Promise<void>): Promise<void> => {
  try {
    await use();
  } finally {
    closeSync(file);
  }
};

const openHere = (path: string): number => {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'wx', 0o600);
  }
};

const unlinkIfThere = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // What is left of a temporary file is no record; its writer's own failure is the one to tell.
  }
};
