import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServerBinary } from '../../../adapters/temporal/binary.js';

const folderWith = (mode?: number): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nextune-bin-'));
  if (mode === undefined) return folder;
  writeFileSync(join(folder, 'temporal'), '#!/bin/sh\n');
  chmodSync(join(folder, 'temporal'), mode);
  return folder;
};
const found = (path: string[], environment: string) =>
  findServerBinary({ path: path.join(':'), python: join(environment, 'python') });

describe("the server's binary", () => {
  it('is the one installed on PATH, the first of several', () => {
    const [none, first, second] = [folderWith(), folderWith(0o755), folderWith(0o755)];
    expect(found([none, first, second], folderWith(0o755))).toEqual({ path: join(first, 'temporal'), from: 'PATH' });
  });

  it("is else the one of the project's Python environment", () => {
    const environment = folderWith(0o755);
    expect(found([folderWith()], environment)).toEqual({ path: join(environment, 'temporal'), from: 'wheel' });
  });

  it('is never a file that can not be run, or a folder', () => {
    const folder = folderWith();
    mkdirSync(join(folder, 'temporal'));
    expect(found([folderWith(0o644), folder], folderWith())).toBeUndefined();
  });
});
