import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseTorch, torchBuilds } from './torch.mjs';

const venvDir = (root) => join(root, '.venv');
export const venvPython = (root) => join(venvDir(root), 'bin', 'python');

/** Settings that would send pip or Python somewhere else than the environment. */
const misleading = [
  'PYTHONPATH',
  'PYTHONHOME',
  'PIP_USER',
  'PIP_TARGET',
  'PIP_PREFIX',
  'PIP_REQUIRE_VIRTUALENV',
  'VIRTUAL_ENV',
];

/** pip's own temporary folder is put under the project: /tmp is often a small memory disk. */
const pythonEnv = (tools) => {
  const env = { ...process.env, TMPDIR: tools.tmpDir, PYTHONUNBUFFERED: '1' };
  for (const name of misleading) delete env[name];
  env.PIP_DEFAULT_TIMEOUT ??= '60';
  return env;
};

const sitePackages = (root) => {
  const lib = join(venvDir(root), 'lib');
  const version = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith('python3.')) : undefined;
  return version ? join(lib, version, 'site-packages') : undefined;
};

/**
 * Forgets packages that an interrupted pip left half unpacked. It writes INSTALLER near the end, so a package without one
 * is installed again; a name that starts with `~` is one that it was about to delete.
 */
export const dropHalfInstalled = (root) => {
  const dir = sitePackages(root);
  for (const name of dir && existsSync(dir) ? readdirSync(dir) : []) {
    const broken = name.startsWith('~') || (name.endsWith('.dist-info') && !existsSync(join(dir, name, 'INSTALLER')));
    if (broken) rmSync(join(dir, name), { recursive: true, force: true });
  }
};

const pipRemedy =
  'Check the network (or the proxy settings of pip), then run the same command again: what is complete is kept.';

const pipInstall = async (tools, { title, lock, flags = [] }) => {
  mkdirSync(tools.tmpDir, { recursive: true });
  dropHalfInstalled(tools.root);
  const args = ['-m', 'pip', 'install', '--no-deps', '--require-hashes', '--only-binary', ':all:', '--no-compile'];
  args.push('--disable-pip-version-check', '--no-input', '--progress-bar', 'off', ...flags);
  args.push('-r', join('python', 'requirements', lock));
  await tools.run({
    title,
    command: venvPython(tools.root),
    args,
    env: pythonEnv(tools),
    log: `pip-${lock}.log`,
    remedy: pipRemedy,
  });
};

/** The environment under the project. One that was left half made is made anew. */
export const makeVenv = async (tools, python) => {
  const dir = venvDir(tools.root);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(tools.tmpDir, { recursive: true });
  const step = { title: 'Python environment', command: python.path, env: pythonEnv(tools), log: 'venv.log' };
  const remedy =
    'Debian, Ubuntu: sudo apt install python3-venv. Or name another Python: NEXTUNE_BASE_PYTHON=/path/to/python3';
  await tools.run({ ...step, args: ['-m', 'venv', ...(python.ensurepip ? [] : ['--without-pip']), dir], remedy });
  if (python.ensurepip) return;
  // Without ensurepip the base interpreter's own pip puts a pip into the environment.
  const target = sitePackages(tools.root);
  const args = [
    '-m',
    'pip',
    'install',
    '--no-deps',
    '--require-hashes',
    '--target',
    target,
    '-r',
    join('python', 'requirements', 'pip.txt'),
  ];
  await tools.run({ ...step, args, log: 'pip-pip.txt.log', remedy });
};

export const installLock = (tools, title, lock) => pipInstall(tools, { title, lock });

/** PyTorch by the build chosen; if its own index fails in the middle, PyPI's build takes its place, and says so. */
export const installTorch = async (tools, title, build) => {
  const install = ({ lock, pipFlags }) => pipInstall(tools, { title, lock, flags: pipFlags });
  if (build.lock !== torchBuilds.cpu.lock) return install(build).then(() => build);
  try {
    await install(build);
    return build;
  } catch (error) {
    if (tools.signal.aborted) throw error;
    const { downloadMb } = torchBuilds.pypi;
    tools.say(
      `  PyTorch's CPU index failed; taking PyPI's build instead (about ${(downloadMb / 1000).toFixed(1)} GB to download).`,
    );
    await install(torchBuilds.pypi);
    return torchBuilds.pypi;
  }
};

export { chooseTorch };
