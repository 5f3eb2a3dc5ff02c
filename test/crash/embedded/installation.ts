import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embeddedModelDir } from '../../../adapters/model/embedded-engine.js';
import { pythonEnv, resourcePath } from '../../../adapters/paths.js';

/** A line of the engine's witness (python/tests/witnessed_engine.py). Keys are ledger keys, without their `sha256:`. */
export type Heard = { engine: number } & (
  | { asked: string; recorded: boolean; body: string }
  | { answered: string }
  | { held: number }
);
type Asked = Extract<Heard, { asked: string }>;

/** While it draws tokens, and while it merges an adapter into the base. */
export type Moment = 'decode' | 'load';

/** An installation whose engine has a witness, and a base that solves tasks within seconds. */
export interface WitnessedInstallation {
  /** For what is started in it. */
  env: NodeJS.ProcessEnv;
  heard(): Heard[];
  asked(): Asked[];
  /** What the engine that runs now has answered, and what it has not. */
  ofThisEngine(): { answered: string[]; underWay: string[] };
  /** Has the engine stand still at a moment, once it has given so many answers; without one it goes on. */
  holdAt(moment?: Moment, afterAnswers?: number): void;
  isHeld(): boolean;
}

/** Before an installation of ours takes its place in the environment of a test. */
const realPython = pythonEnv();

/** Of whole groups, in a state folder's ledger. */
export const recordedKeys = (stateDir: string): string[] => {
  const ledger = join(stateDir, 'ledger');
  if (!existsSync(ledger)) return [];
  const files = readdirSync(ledger, { recursive: true, encoding: 'utf8' });
  return files.flatMap((file) => /^(\w\w)\/(\w+)\.json$/.exec(file)?.slice(1).join('') ?? []);
};

/** A Python environment that differs in how it starts the engine only. What else is looked for beside a Python is there too. */
const writeEnvironment = (dir: string, engine: readonly string[]): string => {
  const real = dirname(dirname(realPython));
  mkdirSync(join(dir, 'bin'), { recursive: true });
  symlinkSync(join(real, 'lib'), join(dir, 'lib'));
  symlinkSync(join(real, 'bin', 'temporal'), join(dir, 'bin', 'temporal'));
  const python = join(dir, 'bin', 'python');
  const witnessed = [realPython, ...engine].map((word) => `'${word}'`).join(' ');
  const script = [
    '#!/bin/sh',
    `if [ "$2" = nextune_model.server ]; then shift 2; exec ${witnessed} "$@"; fi`,
    `exec '${realPython}' "$@"`,
  ];
  writeFileSync(python, `${script.join('\n')}\n`, { mode: 0o755 });
  return python;
};

const writeBase = (stateDir: string): void => {
  const code = 'import sys, pathlib, chain_fixtures; chain_fixtures.write_chain_base(pathlib.Path(sys.argv[1]))';
  const PYTHONPATH = [resourcePath('python'), resourcePath('python', 'tests')].join(':');
  const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
  execFileSync(realPython, ['-c', code, embeddedModelDir(stateDir)], { env, stdio: 'pipe' });
};

/** Makes it in a new folder, with its witness beside the state. */
export const installWitnessed = (dir: string, stateDir: string): WitnessedInstallation => {
  const log = join(dir, 'heard.jsonl');
  const hold = join(dir, 'hold.json');
  const program = resourcePath('python', 'tests', 'witnessed_engine.py');
  const python = writeEnvironment(join(dir, 'env'), [program, dir, join(stateDir, 'ledger')]);
  writeBase(stateDir);
  let number = 0;
  const heard = (): Heard[] =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Heard)
      : [];
  return {
    env: { ...process.env, NEXTUNE_PYTHON: python },
    heard,
    asked: () => heard().filter((line) => 'asked' in line),
    ofThisEngine() {
      const all = heard();
      const lines = all.filter(({ engine }) => engine === all.at(-1)?.engine);
      const answered = lines.flatMap((line) => ('answered' in line ? line.answered : []));
      const underWay = lines.flatMap((line) => ('asked' in line && !answered.includes(line.asked) ? line.asked : []));
      return { answered, underWay };
    },
    holdAt(moment, afterAnswers = 0) {
      writeFileSync(`${hold}.new`, JSON.stringify({ number: ++number, moment: moment ?? null, afterAnswers }));
      renameSync(`${hold}.new`, hold);
    },
    isHeld: () => heard().some((line) => 'held' in line && line.held === number),
  };
};

/** Expects that no request came in once its answer was recorded. */
export const expectAskedOnce = (installed: WitnessedInstallation, stateDir: string): void => {
  const asked = installed.asked();
  expect(asked.filter(({ recorded }) => recorded)).toEqual([]);
  const keys = [...new Set(asked.map((line) => line.asked))];
  expect(recordedKeys(stateDir).sort()).toEqual([...keys].sort());
  // The same request under another key would not be known again.
  expect(new Set(asked.map(({ body }) => body)).size).toBe(keys.length);
};
