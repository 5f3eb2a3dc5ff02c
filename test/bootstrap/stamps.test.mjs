import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, filesBelow, openStamps } from '../../bootstrap/stamps.mjs';

let dir;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nextune-stamps-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const put = (name, text) => {
  mkdirSync(join(dir, name, '..'), { recursive: true });
  writeFileSync(join(dir, name), text);
};

test('a stamp is there after it was written, and gone after its step started again', () => {
  const stamps = openStamps(dir);
  stamps.write('npm', { digest: 'a' });
  expect(stamps.read('npm')).toEqual({ digest: 'a' });
  stamps.remove('npm');
  expect(stamps.read('npm')).toBeUndefined();
});

test('a stamp that was cut off counts as none', () => {
  put('stamps/npm.json', '{"dig');
  expect(openStamps(dir).read('npm')).toBeUndefined();
});

test('the digest of sources changes with a byte, a name and what else it depends on', () => {
  put('core/a.ts', 'one');
  const digest = () => digestOf(dir, filesBelow(dir, ['core']), 'lock');
  const first = digest();
  expect(digest()).toBe(first);
  expect(digestOf(dir, filesBelow(dir, ['core']), 'other lock')).not.toBe(first);
  put('core/a.ts', 'two');
  expect(digest()).not.toBe(first);
  put('core/a.ts', 'one');
  put('core/b.ts', '');
  expect(digest()).not.toBe(first);
});

test('files below folders and named files are found in order; what is missing is left out', () => {
  put('core/b/c.ts', '');
  put('core/a.ts', '');
  put('core/node_modules/x.ts', '');
  put('core/readme.md', '');
  put('worker.ts', '');
  const found = filesBelow(dir, ['core', 'worker.ts', 'gone.ts', 'absent'], (name) => name.endsWith('.ts'));
  expect(found).toEqual(['core/a.ts', 'core/b/c.ts', 'worker.ts'].map((name) => join(dir, name)));
});
