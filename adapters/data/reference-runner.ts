import { readFileSync } from 'node:fs';
import { type JailPolicyInput, runInJail } from 'nsjail-wrapper';
import { z } from 'zod';
import { NextuneFailure } from '../../contract/failures.js';
import { resourcePath } from '../paths.js';
import { findJailPython, type JailPython } from '../sandbox/interpreter.js';
import { nsjailPath } from '../sandbox/nsjail.js';

export interface ReferenceJob {
  program: string;
  entryPoint: string;
  /** Argument lists as source text. */
  calls: readonly string[];
}

/**
 * What references return, as source text; null where a call raised, took too long or returned no plain data.
 * @throws NextuneFailure sandboxBroken when the jail did not run to its end.
 */
export type ReferenceRunner = (jobs: readonly ReferenceJob[], hashSeed: string) => Promise<(string | null)[][]>;

const answersSchema = z.array(z.string().nullable());
const mebibyte = 1024 * 1024;
/** A job may use 15 s of wall time (see answer.py); the jail outlives the slowest of them all. */
const wallMsPerJob = 16_000;

const policy = (python: JailPython, jobs: number, hashSeed: string): JailPolicyInput => ({
  hostname: 'references',
  mounts: [
    ...python.mounts,
    {
      kind: 'file',
      target: '/answer.py',
      content: readFileSync(resourcePath('python/nextune_answers/answer.py'), 'utf8'),
    },
    { kind: 'bind', source: '/dev/null', writable: true },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: mebibyte },
  ],
  environment: { PYTHONHASHSEED: hashSeed, LC_ALL: 'C.UTF-8' },
  limits: { addressSpaceBytes: 512 * mebibyte, wallMs: jobs * wallMsPerJob },
});

/** Runs references in one fresh jail, each in a process of its own. */
export const runReferences: ReferenceRunner = async (jobs, hashSeed) => {
  if (jobs.length === 0) return [];
  const python = await findJailPython();
  const { outcome, stdout, stderrTail } = await runInJail({
    policy: policy(python, jobs.length, hashSeed),
    command: python.path,
    args: ['-s', '-S', '-B', '-W', 'ignore', '/answer.py'],
    stdin: jobs.map((job) => `${JSON.stringify(job)}\n`).join(''),
    maxOutputBytes: 64 * mebibyte,
    nsjail: nsjailPath(),
  });
  const lines = stdout.toString('utf8').split('\n').slice(0, -1);
  if (outcome.kind !== 'exit' || outcome.code !== 0 || lines.length !== jobs.length) {
    const how = outcome.kind === 'exit' ? `status ${outcome.code}` : JSON.stringify(outcome);
    throw new NextuneFailure('sandboxBroken', `the jail of references ended with ${how}: ${stderrTail.trim()}`);
  }
  return lines.map((line) => answersSchema.parse(JSON.parse(line)));
};
