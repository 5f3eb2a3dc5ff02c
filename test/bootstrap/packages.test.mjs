import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropHalfInstalled } from '../../bootstrap/packages.mjs';

const locks = fileURLToPath(new URL('../../python/requirements/', import.meta.url));

test('a package that an interrupted pip left half unpacked is forgotten; a whole one stays', () => {
  const root = mkdtempSync(join(tmpdir(), 'nextune-half-'));
  const site = join(root, '.venv', 'lib', 'python3.12', 'site-packages');
  for (const name of ['whole-1.dist-info', 'half-1.dist-info', '~orch', 'whole'])
    mkdirSync(join(site, name), { recursive: true });
  writeFileSync(join(site, 'whole-1.dist-info', 'INSTALLER'), 'pip');
  dropHalfInstalled(root);
  const left = ['whole-1.dist-info', 'half-1.dist-info', '~orch', 'whole'].filter((name) =>
    existsSync(join(site, name)),
  );
  expect(left).toEqual(['whole-1.dist-info', 'whole']);
  rmSync(root, { recursive: true });
});

describe.each(['base.txt', 'torch-pypi.txt', 'torch-cpu.txt', 'model.txt', 'dev.txt', 'pip.txt'])(
  'the lock %s',
  (name) => {
    const entries = readFileSync(join(locks, name), 'utf8')
      .split(/\n(?=[a-z])/)
      .filter((entry) => /^[a-z]/.test(entry));

    test('pins exact versions, each with digests', () => {
      expect(entries.length).toBeGreaterThan(0);
      expect(
        entries.filter((entry) => !/^[a-z0-9._-]+==\S+/.test(entry) || !/--hash=sha256:[0-9a-f]{64}/.test(entry)),
      ).toEqual([]);
    });

    test('names no address to download from', () => {
      expect(entries.filter((entry) => /:\/\/|--index-url|--find-links/.test(entry))).toEqual([]);
    });
  },
);
