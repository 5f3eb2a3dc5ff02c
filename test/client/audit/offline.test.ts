import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOffline } from '../../../client/audit/offline.js';

describe('a record that stands alone', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nextune-offline-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is that of a bundle, which holds nothing else, by either of its folders', () => {
    mkdirSync(join(root, 'record'));
    writeFileSync(join(root, 'manifest.dsse.json'), '{}');
    const strictly = { stateDir: join(root, 'record'), strict: true };
    expect(openOffline(root)).toEqual(strictly);
    expect(openOffline(join(root, 'record'))).toEqual(strictly);
  });

  it('is a copied state folder, which may hold what was not sealed yet', () => {
    const copied = join(root, 'copied');
    mkdirSync(join(copied, 'campaigns'), { recursive: true });
    expect(openOffline(copied)).toEqual({ stateDir: copied, strict: false });
  });

  it('is not a state folder whose objects are in a bucket', () => {
    writeFileSync(join(root, 'store.json'), '{"kind":"s3"}');
    expect(() => openOffline(root)).toThrow(/does not stand alone/);
  });
});
