import { spawnSync } from 'node:child_process';
import { SetupFailure } from './failure.mjs';

export const oldestMinor = 10;
export const newestMinor = 14;

/** PATH's own python3 comes first: it is the one its owner chose. */
const candidates = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.14', 'python3.10', 'python'];
const overrideVariable = 'NEXTUNE_BASE_PYTHON';

const probe = `
import importlib.util, json, platform, sys, sysconfig
has = lambda name: importlib.util.find_spec(name) is not None
def usable_ensurepip():
    try:
        import ensurepip
        return bool(ensurepip.version())
    except Exception:
        return False
print(json.dumps({
    "version": list(sys.version_info[:3]), "path": sys.executable, "venv": has("venv"), "ensurepip": usable_ensurepip(),
    "pip": has("pip"), "bits": 64 if sys.maxsize > 2**32 else 32, "libc": platform.libc_ver()[0],
    "noGil": bool(sysconfig.get_config_var("Py_GIL_DISABLED")), "implementation": platform.python_implementation(),
}))
`;

/** What an interpreter says of itself; undefined when it does not run. */
const ask = (command) => {
  const result = spawnSync(command, ['-c', probe], { encoding: 'utf8', timeout: 20_000 });
  if (result.status !== 0) return undefined;
  try {
    return { command, ...JSON.parse(result.stdout) };
  } catch {
    return undefined;
  }
};

/** Why an interpreter can't be used, or undefined when it can. */
export const objection = (python, platform = process.platform) => {
  const [major, minor] = python.version;
  if (python.implementation !== 'CPython') return `is ${python.implementation}, and PyTorch needs CPython`;
  if (major !== 3 || minor < oldestMinor) return `is too old (3.${oldestMinor} or newer is needed)`;
  if (minor > newestMinor) return `is newer than what PyTorch was locked for (3.${newestMinor} at most)`;
  if (python.bits !== 64) return 'is a 32-bit build';
  if (python.noGil) return 'is a free-threaded build';
  if (platform === 'linux' && python.libc !== 'glibc')
    return 'runs on another C library than glibc, for which PyTorch has no build';
  if (!python.venv) return 'has no venv module';
  if (!python.ensurepip && !python.pip) return 'has a venv module without pip (ensurepip is missing)';
  return undefined;
};

const remedy = (found) => {
  const lines = [];
  if (found.some((python) => /venv/.test(objection(python) ?? ''))) {
    const [major, minor] = found.find((python) => /venv/.test(objection(python) ?? '')).version;
    lines.push(`Debian, Ubuntu:  sudo apt install python3-venv   (or python${major}.${minor}-venv)`);
  } else {
    lines.push('Debian, Ubuntu:  sudo apt install python3 python3-venv');
  }
  lines.push('Fedora:          sudo dnf install python3.12', 'macOS:           brew install python@3.12');
  lines.push('Without root:    pyenv install 3.12, or a Python from conda or uv');
  lines.push(`A Python that is not on PATH: ${overrideVariable}=/path/to/python3 npm run bootstrap`);
  return lines.join('\n');
};

const describe = (python) => `  ${python.command} (${python.version.join('.')}) ${objection(python)}`;

/**
 * The interpreter to make the environment from: one with ensurepip if there is any, else one that has pip of its own.
 * @throws SetupFailure naming each interpreter found, why it can't be used, and how to get one.
 */
export const findPython = (env = process.env) => {
  const named = env[overrideVariable];
  const found = (named ? [named] : candidates).map(ask).filter((python) => python !== undefined);
  const usable = found.filter((python) => objection(python) === undefined);
  const best = usable.find((python) => python.ensurepip) ?? usable[0];
  if (best) return best;
  const what =
    found.length > 0
      ? `No Python here can be used:\n${found.map(describe).join('\n')}`
      : `No Python 3.${oldestMinor} to 3.${newestMinor} was found${named ? ` at ${named}` : ' on PATH'}.`;
  throw new SetupFailure(what, remedy(found));
};
