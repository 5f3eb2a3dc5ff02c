// `npm run bench:trace [-- --mbpp FILE] [--cruxeval FILE] [--no-peers] [--no-programs]`: what a trace costs, and what it is.
// Slowdown against the untraced program and against PySnooper and snoop on the same programs; then, for the files that
// are named, how many of MBPP's bugs and CRUXEval's functions are traced, how fast, and how long the texts are.
// `--bugs FILE`: repair tasks that `data build` made of MBPP before, where the minutes that takes are to be saved.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCruxeval, benchMbpp } from './datasets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = join(root, 'bench', 'trace');
const python = process.env.NEXTUNE_PYTHON ?? join(root, '.venv', 'bin', 'python');
const peersDir = join(root, '.bootstrap', 'trace-peers');

const { values } = parseArgs({
  options: {
    mbpp: { type: 'string' },
    bugs: { type: 'string' },
    cruxeval: { type: 'string' },
    'no-peers': { type: 'boolean', default: false },
    'no-programs': { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});

const geometricMean = (numbers) => Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);

const rows = (command, args) => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

/** The peers' own environment, made on demand: they are no part of Nextune. */
const peersPython = () => {
  const inside = join(peersDir, 'bin', 'python');
  if (!existsSync(join(peersDir, 'lib'))) execFileSync(python, ['-m', 'venv', peersDir]);
  execFileSync(inside, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', join(here, 'peers.txt')]);
  return inside;
};

const benchPeers = (programs) => {
  const inside = peersPython();
  return ['pysnooper', 'snoop'].map((peer) => {
    const timed = rows(inside, [join(here, 'peers.py'), peer, ...programs.map(({ name }) => name)]);
    const times = programs.map(({ name, tracedMs }) => {
      const { seconds, ended } = timed.find((row) => row.name === name);
      process.stderr.write(
        `${peer}, ${name}: ${((seconds * 1000) / tracedMs).toFixed(0)}x${ended ? ' at least' : ''}\n`,
      );
      return (seconds * 1000) / tracedMs;
    });
    return `${peer} ${geometricMean(times).toFixed(0)}x (limit 40; least ${Math.min(...times).toFixed(0)}x)`;
  });
};

const benchPrograms = () => {
  const only = values.only.flatMap((name) => ['--only', name]);
  const [speed] = rows(python, [join(here, 'slowdown.py'), ...only]);
  const woven = speed.programs.filter((program) => program.woven).length;
  const beyond = speed.beyond.map(({ ratio }) => ratio);
  return [
    `${speed.programs.length} programs, ${woven} woven, Python ${speed.python}`,
    `untraced ${(1 / speed.geometricMean).toFixed(4)}x (slowdown ${speed.geometricMean.toFixed(1)}, limit 30)`,
    ...(beyond.length > 0 ? [`beyond the cap ${Math.max(...beyond).toFixed(2)}x in all at most (limit 3)`] : []),
    ...(values['no-peers'] ? [] : benchPeers(speed.programs)),
  ];
};

const main = async () => {
  const last = values['no-programs'] ? [] : benchPrograms();
  if (values.mbpp) last.push(...(await benchMbpp({ file: values.mbpp, built: values.bugs, python })));
  if (values.cruxeval) last.push(...(await benchCruxeval(values.cruxeval, python)));
  process.stdout.write(`\n${last.join('\n')}\n`);
};

await main();
