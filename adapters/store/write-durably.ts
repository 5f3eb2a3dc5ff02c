import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
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

const linkOnce = async (path: string, bytes: Uint8Array | string): Promise<boolean> => {
  const temporary = await writeTemporary(path, bytes);
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    // What is left of a temporary file is no record; its writer's own failure is the one to tell.
    await unlink(temporary).catch(() => undefined);
  }
  await syncFolder(path);
  return true;
};
