// The second half of `npm test`: the checks, the Python tests, then every jest layer, fast ones first. Closes with one
// plain line, `N passed, N failed`. `npm test -- pure python` runs only the layers named.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countJest, countPytest, summaryLine, total } from './counts.mjs';
import { runVisibly } from './run-visibly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const resultsDir = join(root, '.bootstrap', 'test-results');
const python = join(root, '.venv', 'bin', 'python');
const workers = 2;

const check = async () => {
  const { status } = await runVisibly(process.execPath, ['scripts/check.mjs'], { cwd: root });
  return { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0 };
};

const pytest = async () => {
  const report = join(resultsDir, 'python.xml');
  const args = ['-m', 'pytest', '-q', '--color=no', '--durations=5', `--junitxml=${report}`, 'python/tests'];
  const { status } = await runVisibly(python, args, { cwd: root });
  return countPytest(existsSync(report) ? readFileSync(report, 'utf8') : '', status);
};

const jest = (layer) => async () => {
  const report = join(resultsDir, `${layer}.json`);
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    layer,
  ];
  args.push(
    `--maxWorkers=${workers}`,
    '--passWithNoTests',
    // jest's five seconds are less than a busy machine takes to end a supervisor's processes.
    '--testTimeout=120000',
    '--json',
    `--outputFile=${report}`,
    '--testLocationInResults',
  );
  const { status } = await runVisibly(process.execPath, args, { cwd: root, hideStdout: true });
  return countJest(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, status);
};

const layers = {
  check,
  pure: jest('pure'),
  python: pytest,
  workflows: jest('workflows'),
  replay: jest('replay'),
  sandbox: jest('sandbox'),
  engines: jest('engines'),
  crash: jest('crash'),
};

const wanted = () => {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !(name in layers));
  if (unknown.length === 0) return named.length > 0 ? named : Object.keys(layers);
  process.stderr.write(`No layer ${unknown.join(', ')}: choose from ${Object.keys(layers).join(', ')}\n`);
  process.exit(2);
};

const main = async () => {
  const names = wanted();
  rmSync(resultsDir, { recursive: true, force: true });
  mkdirSync(resultsDir, { recursive: true });
  const counts = [];
  for (const name of names) {
    const startedMs = Date.now();
    process.stdout.write(`\n== ${name}\n`);
    const count = await layers[name]();
    counts.push(count);
    process.stdout.write(`== ${name}: ${summaryLine(count)} in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`);
  }
  const all = total(counts);
  if (readdirSync(resultsDir).length === 0 && all.passed === 0) all.failed = Math.max(all.failed, 1);
  process.stdout.write(`\n${summaryLine(all)}\n`);
  process.exitCode = all.failed > 0 ? 1 : 0;
};

await main();
