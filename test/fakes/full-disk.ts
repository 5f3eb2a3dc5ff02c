import * as files from 'node:fs';
import * as promised from 'node:fs/promises';

type MockModule = (name: string, make: () => unknown) => unknown;

export interface FullDisk {
  /** From the k-th write on there is no room, counted from now; undefined makes room again. */
  fillAt(write: number | undefined): void;
  /** Writes since the last fillAt. */
  writes(): number;
}

const noSpace = (call: string): Error =>
  Object.assign(new Error(`ENOSPC: no space left on device, ${call}`), { code: 'ENOSPC', errno: -28, syscall: call });

/** Puts a disk that can be full under every module that is imported after this: what is written then is cut in half. */
export const fullDisk = async (mockModule: MockModule): Promise<FullDisk> => {
  let count = 0;
  let full: number | undefined;
  const isFull = (): boolean => ++count >= (full ?? Number.POSITIVE_INFINITY);
  const half = <Bytes extends Uint8Array | string>(bytes: Bytes): Bytes =>
    bytes.slice(0, Math.floor(bytes.length / 2)) as Bytes;

  /** Calls that need room for a name. */
  const naming = <Call extends (...args: never[]) => unknown>(name: string, call: Call): Call =>
    ((...args: never[]) => {
      if (!isFull()) return call(...args);
      if (name.endsWith('Sync')) throw noSpace(name);
      return Promise.reject(noSpace(name));
    }) as Call;

  const open = async (...args: Parameters<typeof promised.open>): Promise<promised.FileHandle> => {
    const writes = String(args[1] ?? 'r') !== 'r';
    if (writes && isFull()) throw noSpace('open');
    const file = await promised.open(...args);
    const writeFile = file.writeFile.bind(file);
    file.writeFile = async (bytes) => {
      if (!isFull()) return await writeFile(bytes);
      await writeFile(half(bytes as Uint8Array | string));
      throw noSpace('write');
    };
    return file;
  };
  const appendFileSync = (path: string, text: string, options: { mode: number }): void => {
    const fits = !isFull();
    files.appendFileSync(path, fits ? text : half(text), options);
    if (!fits) throw noSpace('write');
  };
  const openSync = (...args: Parameters<typeof files.openSync>): number => {
    if (args[1] !== 'r' && isFull()) throw noSpace('open');
    return files.openSync(...args);
  };
  const writeFileSync = (...[file, bytes, ...options]: Parameters<typeof files.writeFileSync>): void => {
    const fits = !isFull();
    files.writeFileSync(file, fits ? bytes : half(bytes as Uint8Array | string), ...options);
    if (!fits) throw noSpace('write');
  };
  const { link, rename, mkdir } = promised;
  await mockModule('node:fs/promises', () => ({
    ...promised,
    open,
    link: naming('link', link),
    rename: naming('rename', rename),
    mkdir: naming('mkdir', mkdir),
  }));
  await mockModule('node:fs', () => ({
    ...files,
    appendFileSync,
    openSync,
    writeFileSync,
    linkSync: naming('linkSync', files.linkSync),
    mkdirSync: naming('mkdirSync', files.mkdirSync),
    renameSync: naming('renameSync', files.renameSync),
  }));
  return {
    fillAt(write) {
      count = 0;
      full = write;
    },
    writes: () => count,
  };
};
