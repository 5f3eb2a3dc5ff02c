// `npm run check`: everything that can be said about the sources without running them. Each check is named with its time.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runVisibly } from './run-visibly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const python = (...args) => [join(root, '.venv', 'bin', 'python'), ['-m', ...args]];
const sources = [
  'contract',
  'core',
  'workflows',
  'activities',
  'adapters',
  'client',
  'report',
  'bench',
  'nsjail-wrapper/src',
];
const present = [...sources, 'worker.ts'].filter((name) => existsSync(join(root, name)));

const checks = {
  biome: [bin('biome'), ['check', '--colors=off', '.']],
  types: [bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  imports: [bin('depcruise'), ['--config', '.dependency-cruiser.cjs', ...present]],
  knip: [bin('knip'), ['--no-progress']],
  ruff: python('ruff', 'check', '--output-format', 'concise', 'python'),
  'ruff format': python('ruff', 'format', '--check', '--output-format', 'concise', 'python'),
  mypy: python('mypy', '--config-file', 'python/pyproject.toml', 'python'),
};

const runCheck = async (name) => {
  const startedMs = Date.now();
  const [command, args] = checks[name];
  const { status, output } = await runVisibly(command, args, { cwd: root, quiet: true });
  const took = `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${took})\n${status === 0 ? '' : `${output}\n`}`);
  return status === 0;
};

const main = async () => {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !(name in checks));
  if (unknown.length > 0) {
    process.stderr.write(`No check ${unknown.join(', ')}: choose from ${Object.keys(checks).join(', ')}\n`);
    process.exit(2);
  }
  const names = named.length > 0 ? named : Object.keys(checks);
  const results = [];
  for (const name of names) results.push(await runCheck(name));
  if (results.includes(false)) process.exitCode = 1;
};

await main();
