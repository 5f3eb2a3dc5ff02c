// `npm run bench:engine`: runs bench/engine.py with the project's Python environment.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env.NEXTUNE_PYTHON ?? join(root, '.venv', 'bin', 'python');
const { status, error } = spawnSync(python, [join(root, 'bench', 'engine.py'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PYTHONPATH: join(root, 'python') },
});
if (error) process.stderr.write(`${python} can't be run (${error.message}): npm run bootstrap makes it\n`);
process.exitCode = status ?? 1;
