import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseTorch, installLock, installTorch, makeVenv, venvPython } from './packages.mjs';
import { findPython } from './python.mjs';
import { digestOf, filesBelow } from './stamps.mjs';
import { torchBuilds } from './torch.mjs';

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
const buildFiles = [
  'worker.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'nsjail-wrapper/tsconfig.json',
  'scripts/bundle-workflows.mjs',
];
const npmFiles = ['package-lock.json', '.npmrc'];
const isSource = (name) => /\.(ts|tsx|json|css)$/.test(name);

const digests = (root) => {
  const lock = (name) => digestOf(root, [join(root, 'python', 'requirements', name)]);
  const npm = digestOf(root, filesBelow(root, npmFiles), `node ${process.versions.modules}`);
  return { lock, npm, build: digestOf(root, filesBelow(root, [...sources, ...buildFiles], isSource), npm) };
};

/** npm as a person's shell would run it: the one that runs this script, else the one on PATH. */
const npm = (args) => {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js') ? { command: process.execPath, args: [cli, ...args] } : { command: 'npm', args };
};

/** Names of package scripts leak into children as variables, and production mode would leave out the checks' tools. */
const npmEnv = () => ({ ...process.env, NODE_ENV: 'development' });

const npmSteps = (tools, digest) => [
  {
    name: 'npm',
    title: 'JavaScript packages (npm ci)',
    digest: digest.npm,
    output: join('node_modules', '.package-lock.json'),
    cost: { downloadMb: 200, diskMb: 440, seconds: 40 },
    act: () => {
      const remedy = 'Check the network (or the proxy settings of npm), then run the same command again.';
      // No package of the lock needs an install script; without them nothing foreign runs, and no compiler is asked for.
      const how = npm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']);
      return tools.run({ title: 'JavaScript packages', ...how, env: npmEnv(), log: 'npm-ci.log', remedy });
    },
  },
];

const buildSteps = (tools, digest) => [
  {
    name: 'build',
    title: 'Program (npm run build)',
    digest: digest.build,
    output: join('dist', 'client', 'cli', 'main.js'),
    cost: { downloadMb: 0, diskMb: 20, seconds: 20 },
    act: () => {
      const remedy = 'The sources do not compile: see the errors above.';
      return tools.run({
        title: 'Building',
        ...npm(['run', '--silent', 'build']),
        env: npmEnv(),
        log: 'build.log',
        remedy,
      });
    },
  },
];

/** The environment's stamp names its interpreter: when that is gone or another, everything in it is made again. */
const pythonState = (tools) => {
  const stamp = tools.stamps.read('venv');
  const works = stamp !== undefined && existsSync(venvPython(tools.root)) && stamp.root === tools.root;
  return { works, python: works ? stamp.python : findPython() };
};

const lockStep = (tools, digest, venvWorks) => (name, title, cost) => ({
  name: `python-${name}`,
  title: `Python packages: ${title}`,
  digest: digest.lock(`${name}.txt`),
  invalid: !venvWorks,
  cost,
  act: () => installLock(tools, `Python packages: ${title}`, `${name}.txt`),
});

const torchStep = (tools, digest, { works, python }) => {
  const stamp = works ? tools.stamps.read('torch') : undefined;
  const current = Object.values(torchBuilds).find(({ lock }) => lock === stamp?.lock);
  const kept = current !== undefined && stamp.digest === digest.lock(current.lock);
  const build = kept ? current : chooseTorch(python.path);
  return {
    name: 'torch',
    title: `PyTorch from ${build.from} (${build.why ?? 'as before'})`,
    digest: digest.lock(build.lock),
    invalid: !works,
    cost: { ...build, seconds: Math.round(30 + build.downloadMb / 20) },
    act: async () => {
      const installed = await installTorch(tools, `PyTorch from ${build.from}`, build);
      return { lock: installed.lock, digest: digest.lock(installed.lock) };
    },
  };
};

const pythonSteps = (tools, digest) => {
  const state = pythonState(tools);
  const lock = lockStep(tools, digest, state.works);
  const venv = {
    name: 'venv',
    title: `Python environment (.venv, from ${state.python.path}, ${state.python.version.join('.')})`,
    digest: 'made',
    invalid: !state.works,
    cost: { downloadMb: 0, diskMb: 20, seconds: 5 },
    act: async () => {
      for (const name of ['python-base', 'torch', 'python-model', 'python-dev']) tools.stamps.remove(name);
      await makeVenv(tools, state.python);
      return { python: state.python, root: tools.root };
    },
  };
  return [
    venv,
    lock('base', 'transformers, PEFT, Temporal server, nsjail', { downloadMb: 110, diskMb: 420, seconds: 30 }),
    torchStep(tools, digest, state),
    lock('model', 'the small base model', { downloadMb: 90, diskMb: 100, seconds: 5 }),
    lock('dev', "the checks' tools", { downloadMb: 30, diskMb: 110, seconds: 5 }),
  ];
};

/** A clone's commits run the checks, unless its owner has hooks already, or it is a CI's. */
export const useHooks = (tools) => {
  const git = (...args) => spawnSync('git', args, { cwd: tools.root, encoding: 'utf8' });
  if (process.env.CI || tools.stamps.read('hooks') || !existsSync(join(tools.root, '.git'))) return;
  const unset = git('config', '--get', 'core.hooksPath').status === 1;
  if (unset && git('config', 'core.hooksPath', '.githooks').status === 0) {
    tools.say('  Commits here run `npm run check` (undo: git config --unset core.hooksPath).');
  }
  tools.stamps.write('hooks', { digest: 'asked' });
};

/** All steps of the set-up in their order, each with whether it is due. */
export const planSteps = (tools) => {
  const digest = digests(tools.root);
  const isDue = (step) =>
    step.invalid === true ||
    tools.stamps.read(step.name)?.digest !== step.digest ||
    (step.output !== undefined && !existsSync(join(tools.root, step.output)));
  const steps = [...npmSteps(tools, digest), ...pythonSteps(tools, digest), ...buildSteps(tools, digest)];
  return steps.map((step) => ({ ...step, due: isDue(step) }));
};
