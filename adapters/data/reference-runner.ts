import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type JailPolicyInput, run } from 'nsjail-wrapper';
import { z } from 'zod';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { inBatches } from '../../core/data/batches.js';
import type { Answer } from '../../core/data/hidden-tests.js';
import { resourcePath } from '../paths.js';
import { findJailPython, type JailPython } from '../sandbox/interpreter.js';
import { nsjailEngine } from '../sandbox/nsjail.js';
import { Turns } from './turns.js';

export interface ReferenceJob {
  program: string;
  /** Expressions over the program's names, as source text. */
  calls: readonly string[];
  /** Answers to the first calls; a program that gives others is asked no more. */
  wanted?: readonly Answer[];
  /** CPU time of one call, and of the whole job; python/nextune_answers has the defaults. */
  callMs?: number;
  cpuMs?: number;
}

/**
 * What references return. A job whose time is over answers fewer calls than it was asked.
 * @throws NextuneFailure sandboxBroken when the jail did not run to its end.
 */
export type ReferenceRunner = (jobs: readonly ReferenceJob[], hashSeed: string) => Promise<Answer[][]>;

/** A program as it stands before a test: setup runs after it. */
export const withSetup = (program: string, { setup }: Task): string => (setup ? `${program}\n\n${setup}\n` : program);

const answersSchema = z.array(z.union([z.string(), z.strictObject({ near: z.string() }), z.null()]));
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

/** Jobs of one jail: enough that its start costs little, few enough that the cores share them evenly. */
const jobsPerJail = 64;

const runInOneJail = async (jobs: readonly ReferenceJob[], hashSeed: string): Promise<Answer[][]> => {
  const python = await findJailPython();
  const { outcome, stdout, stderrTail } = await run({
    policy: policy(python, jobs.length, hashSeed),
    command: python.path,
    args: ['-s', '-S', '-B', '-W', 'ignore', '/answer.py'],
    stdin: jobs.map((job) => `${JSON.stringify(job)}\n`).join(''),
    maxOutputBytes: 64 * mebibyte,
    engine: nsjailEngine(),
  });
  const lines = stdout.toString('utf8').split('\n').slice(0, -1);
  if (outcome.kind !== 'exit' || outcome.code !== 0 || lines.length !== jobs.length) {
    const how = outcome.kind === 'exit' ? `status ${outcome.code}` : JSON.stringify(outcome);
    throw new NextuneFailure('sandboxBroken', `the jail of references ended with ${how}: ${stderrTail.trim()}`);
  }
  return lines.map((line) => answersSchema.parse(JSON.parse(line)));
};

/** As many jails as cores at a time, over all that ask. */
const jails = new Turns(availableParallelism());

/** Runs programs in fresh jails, each in a process of its own. */
export const runReferences: ReferenceRunner = async (jobs, hashSeed) => {
  const groups = inBatches(jobs, jobsPerJail).map((group) => jails.take(() => runInOneJail(group, hashSeed)));
  const settled = await Promise.allSettled(groups);
  return settled.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
};
