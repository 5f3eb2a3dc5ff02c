import { join } from 'node:path';

/** Passed on by name: the locale, and which GPU may be seen. Everything else, keys above all, stays here. */
const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'CUDA_VISIBLE_DEVICES', 'LD_LIBRARY_PATH'] as const;

/** The trainer's whole environment. It never asks a hub for anything. */
export const childEnvironment = (options: {
  pythonPath: string;
  stateDir: string;
  threads: number;
}): NodeJS.ProcessEnv => {
  const kept = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PYTHONPATH: options.pythonPath,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    OMP_NUM_THREADS: String(options.threads),
    TOKENIZERS_PARALLELISM: 'false',
    HF_HUB_OFFLINE: '1',
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    HF_HOME: join(options.stateDir, 'huggingface'),
  };
};
