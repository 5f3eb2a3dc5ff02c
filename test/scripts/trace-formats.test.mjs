import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatsIn, listings } from '../../scripts/trace-formats.mjs';

describe('the list of trace formats', () => {
  test('is that of the folder', () => {
    for (const [path, content] of Object.entries(listings(formatsIn('core/trace/formats')))) {
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });
  test('takes a fifth format from one file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nextune-formats-'));
    for (const name of ['index', 'inline', 'columns']) writeFileSync(join(folder, `${name}.ts`), '');
    const written = listings(formatsIn(folder));
    expect(written['contract/trace-formats.ts']).toContain("['columns', 'inline']");
    expect(written['core/trace/formats/index.ts']).toContain("import { render as columns } from './columns.js';");
  });
  test('refuses a file whose name is no name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nextune-formats-'));
    writeFileSync(join(folder, 'a-b.ts'), '');
    expect(() => formatsIn(folder)).toThrow('a-b.ts: a format’s name'.replace('’', "'"));
  });
});
