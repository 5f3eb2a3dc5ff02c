import { spawnSync } from 'node:child_process';

const cpuIndex = 'https://download.pytorch.org/whl/cpu';
const probeTimeoutSeconds = 5;

/**
 * The two builds of PyTorch: what each costs (measured on Linux x86-64 in November 2026, in MB) and how pip gets it.
 * PyPI's Linux builds carry CUDA's libraries; macOS has one build, without them.
 */
export const torchBuilds = {
  cpu: {
    lock: 'torch-cpu.txt',
    from: "PyTorch's CPU index",
    pipFlags: ['--index-url', cpuIndex],
    downloadMb: 192,
    diskMb: 750,
  },
  pypi: { lock: 'torch-pypi.txt', from: 'PyPI', pipFlags: [], downloadMb: 2730, diskMb: 4740 },
  mac: { lock: 'torch-pypi.txt', from: 'PyPI', pipFlags: [], downloadMb: 88, diskMb: 400 },
};

const hasNvidiaGpu = () => spawnSync('nvidia-smi', ['-L'], { timeout: 10_000, stdio: 'ignore' }).status === 0;

/** Asks by Python, not by Node: pip will go the same way, through the same proxies and certificates. */
const cpuIndexAnswers = (python) => {
  const code = `import urllib.request; urllib.request.urlopen("${cpuIndex}/torch/", timeout=${probeTimeoutSeconds}).read(1)`;
  const limits = { timeout: (probeTimeoutSeconds + 3) * 1000, stdio: 'ignore' };
  return spawnSync(python, ['-c', code], limits).status === 0;
};

/** Which build to take here, and why: the GPU's where there is one, else the small one where its index answers. */
export const chooseTorch = (python, env = process.env) => {
  const wanted = env.NEXTUNE_TORCH;
  if (wanted === 'cpu' || wanted === 'pypi') return { ...torchBuilds[wanted], why: `NEXTUNE_TORCH=${wanted} says so` };
  if (process.platform === 'darwin') return { ...torchBuilds.mac, why: 'its build for macOS' };
  if (hasNvidiaGpu()) return { ...torchBuilds.pypi, why: 'the CUDA build, for the NVIDIA GPU here' };
  if (cpuIndexAnswers(python)) return { ...torchBuilds.cpu, why: 'the small CPU build: no NVIDIA GPU here' };
  return { ...torchBuilds.pypi, why: "the CUDA build, which runs on a CPU too: PyTorch's CPU index is out of reach" };
};
