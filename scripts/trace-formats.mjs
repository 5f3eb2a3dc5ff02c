// Lists the renderers of core/trace/formats, so that a new format is one file there: its name is the file's name, and it
// exports `render`. Part of `npm run build`; `--check` only says whether the lists are those of the folder.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const note = '// Written by scripts/trace-formats.mjs from the files in core/trace/formats: npm run build.';

/** The generated files, path to content, for the names of the formats. */
export const listings = (names) => ({
  'contract/trace-formats.ts': [
    note,
    `export const traceFormats = [${names.map((name) => `'${name}'`).join(', ')}] as const;`,
    'export type TraceFormat = (typeof traceFormats)[number];',
    '',
  ].join('\n'),
  'core/trace/formats/index.ts': [
    note,
    "import type { TraceFormat } from '../../../contract/trace-formats.js';",
    "import type { TraceRenderer } from '../options.js';",
    ...names.map((name) => `import { render as ${name} } from './${name}.js';`),
    '',
    `export const renderers: Record<TraceFormat, TraceRenderer> = { ${names.join(', ')} };`,
    '',
  ].join('\n'),
});

/** Names of the formats in a folder. Throws where a file's name is no name. */
export const formatsIn = (folder) => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
  const odd = names.find((name) => !/^[a-z][a-z0-9]*$/.test(name));
  if (odd !== undefined) throw new Error(`${odd}.ts: a format's name is lower-case letters and digits`);
  return names;
};

const main = () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const [path, content] of Object.entries(listings(formatsIn(join(root, 'core', 'trace', 'formats'))))) {
    if (readFileSync(join(root, path), 'utf8') === content) continue;
    if (process.argv.includes('--check')) throw new Error(`${path} is not up to date: npm run build`);
    writeFileSync(join(root, path), content);
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
