import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NextuneFailure } from '../../contract/failures.js';

const longestMs = 60_000;
const tailCharacters = 500;

/** What a signing or anchoring command may see of the environment besides the variables that its configuration names. */
const alwaysPassed = ['PATH', 'HOME', 'LANG', 'TMPDIR'] as const;

const environmentOf = (variables: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(
    [...alwaysPassed, ...variables].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/**
 * Runs a configured command, without a shell: input on standard input, the answer is its standard output.
 * @throws NextuneFailure sealingFailed where it can't start, ends with another status than 0, or takes over a minute
 */
export const runSealingCommand = async (run: {
  what: string;
  command: readonly string[];
  variables: readonly string[];
  cwd: string;
  input: Uint8Array;
}): Promise<Buffer> => {
  const [program = '', ...args] = run.command;
  const child = spawn(program, args, {
    cwd: run.cwd,
    env: environmentOf(run.variables),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  const chunks: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-tailCharacters);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.input);
  const failed = (reason: string, cause?: unknown): NextuneFailure =>
    new NextuneFailure('sealingFailed', `the ${run.what} ${program} ${reason}: mend it, and sealing goes on`, {
      cause,
    });
  const [code, signal] = (await once(child, 'close').catch((cause: unknown) => {
    throw failed(`can't start (${(cause as Error).message})`, cause);
  })) as [number | null, NodeJS.Signals | null];
  if (code === 0) return Buffer.concat(chunks);
  throw failed(`ended with ${signal ?? `status ${code}`}${errors ? ` (${errors.trim()})` : ''}`);
};
