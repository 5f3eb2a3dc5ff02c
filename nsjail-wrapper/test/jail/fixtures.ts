import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BubblewrapGap,
  bubblewrapGaps,
  type Engine,
  findEngine,
  type JailPolicyInput,
  type RunRequest,
  type RunResult,
  run,
} from '../../src/index.js';

const pythonEnvironments = [process.env.VIRTUAL_ENV ?? '', join(process.cwd(), '.venv')];
const found = (kind: Engine['kind']): Engine[] => {
  const engine = findEngine(kind, { pythonEnvironments });
  return engine === undefined ? [] : [engine];
};

export const nsjail = (): Engine => {
  const [engine] = found('nsjail');
  if (engine === undefined) throw new Error('these tests need nsjail: set NSJAIL, or npm run bootstrap');
  return engine;
};
/** Engines by name, for `describe.each`: bubblewrap only where it is. */
export const engines = [...found('nsjail'), ...found('bubblewrap')].map((engine) => [engine.kind, engine] as const);

export const accept = Object.keys(bubblewrapGaps) as BubblewrapGap[];

const hostDirs = ['/bin', '/lib', '/lib64', '/usr'].filter((dir) => existsSync(dir));
export const policy: JailPolicyInput = {
  mounts: [
    ...hostDirs.map((source) => ({ kind: 'bind' as const, source })),
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 65536, maxFiles: 32 },
  ],
};
export const withProc: JailPolicyInput = { ...policy, mounts: [...(policy.mounts ?? []), { kind: 'proc' }] };

export const shell = (script: string) => ({ command: '/bin/sh', args: ['-c', script] });
export const sh = (engine: Engine, script: string, over: Partial<RunRequest> = {}): Promise<RunResult> =>
  run({ policy, ...shell(script), engine, accept, ...over });
