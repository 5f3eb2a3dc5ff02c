import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Normaliser } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import { cutIntoShards } from '../../core/plan/shards.js';
import { pythonEnv, resourcePath } from '../paths.js';

/** Programs for which a child's start is worth while. */
const leastForOne = 512;

/**
 * Names programs' ASTs in Python children, one a core. They parse untrusted text, so they get no environment, and a text
 * on which one dies counts as one that does not parse: the rest goes on in a new child.
 */
export const createNormaliser = (): Normaliser => ({
  async normalise(programs) {
    const size = Math.max(leastForOne, Math.ceil(programs.length / availableParallelism()));
    const parts = cutIntoShards(programs.length, size).map(({ from, to }) => programs.slice(from, to));
    return (await Promise.all(parts.map(normaliseInOrder))).flat();
  },
});

const normaliseInOrder = async (programs: readonly string[]): Promise<(string | null)[]> => {
  const digests: (string | null)[] = [];
  while (digests.length < programs.length) {
    const answered = await parseInChild(programs.slice(digests.length));
    digests.push(...answered);
    if (digests.length < programs.length) digests.push(null);
  }
  return digests;
};

/** Answers in order, fewer than programs where the child died on one. */
const parseInChild = async (programs: readonly string[]): Promise<(string | null)[]> => {
  const script = resourcePath('python', 'nextune_ast', 'normalise.py');
  const child = spawn(pythonEnv(), ['-I', script], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(programs.map((program) => `${JSON.stringify(program)}\n`).join(''));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close').catch((cause: unknown) => {
    throw new NextuneFailure('sandboxBroken', `${pythonEnv()} does not start: run npm run bootstrap`, { cause });
  });
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as string | null);
};
