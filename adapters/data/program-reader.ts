import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import type { Mutant } from '../../core/data/bugs.js';
import { pythonEnv, resourcePath } from '../paths.js';

/** What was found, or why the program can't be used: that is the input's fault, not ours. */
export type Read<Found> = (Found & { ok: true }) | { ok: false; reason: string };

/** Reads Python programs as text and syntax trees. Never runs them. */
export interface ProgramReader {
  /** Every candidate bug of a program, in an order that depends on the program alone. */
  mutate(program: string): Promise<Read<{ mutants: Mutant[] }>>;
  /** The function that all tests call, and the program in a tidy layout with the same syntax tree. */
  adopt(program: string, tests: readonly string[]): Promise<Read<{ entryPoint: string; program: string }>>;
  /** Whether reference, setup and tests of a task parse and its entry point is defined. */
  check(task: Task): Promise<Read<object>>;
  /** New argument lists near those of the visible tests, as source text; none where no test is a plain call. */
  inputs(task: Task, seed: string): Promise<Read<{ calls: string[] }>>;
  close(): void;
}

const refusedSchema = z.object({ ok: z.literal(false), reason: z.string() });
const mutantSchema = z.object({ operator: z.string(), line: z.int().positive(), program: z.string() });
const mutatedSchema = z.union([z.object({ ok: z.literal(true), mutants: z.array(mutantSchema) }), refusedSchema]);
const adoptedSchema = z.union([
  z.object({ ok: z.literal(true), entryPoint: z.string(), program: z.string() }),
  refusedSchema,
]);
const inputsSchema = z.union([z.object({ ok: z.literal(true), calls: z.array(z.string()) }), refusedSchema]);
const checkedSchema = z.union([z.object({ ok: z.literal(true) }), refusedSchema]);

interface Child {
  process: ChildProcessByStdio<Writable, Readable, null>;
  lines: AsyncIterator<string>;
  started: Promise<unknown>;
}

/** The project's own environment, or before it is there any Python on PATH: only the standard library is used. */
const interpreter = (): string => (existsSync(pythonEnv()) ? pythonEnv() : 'python3');

/** Its folder is ours, so that no module of the caller's folder is imported; it ends when its input does. */
const startChild = (): Child => {
  const child = spawn(interpreter(), ['-E', '-s', '-B', '-m', 'nextune_data'], {
    cwd: resourcePath('python'),
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  const started = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  started.catch(() => undefined);
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), started };
};

const notStarted = (cause: unknown): NextuneFailure =>
  new NextuneFailure('sandboxBroken', `${interpreter()} does not start: run npm run bootstrap`, { cause });

/**
 * Starts the Python child at the first question, and asks one at a time: a program that kills it is then known, counts
 * as refused, and the next gets a new child.
 */
export const openProgramReader = (): ProgramReader => {
  let child: Child | undefined;
  let answered = 0;
  let last: Promise<unknown> = Promise.resolve();
  const askNow = async <Answer>(request: object, schema: z.ZodType<Answer>): Promise<Answer> => {
    child ??= startChild();
    await child.started.catch((cause) => Promise.reject(notStarted(cause)));
    child.process.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await child.lines.next();
    if (!line.done) {
      answered += 1;
      return schema.parse(JSON.parse(line.value));
    }
    child = undefined;
    if (answered === 0) throw notStarted(new Error('it ended without an answer'));
    return schema.parse({ ok: false, reason: 'the reader of programs died on it' });
  };
  const ask: typeof askNow = (request, schema) => {
    const mine = last.then(() => askNow(request, schema));
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    mutate: (program) => ask({ command: 'mutate', program }, mutatedSchema),
    adopt: (program, tests) => ask({ command: 'adopt', program, tests }, adoptedSchema),
    check: (task) => ask({ command: 'check', task }, checkedSchema),
    inputs: ({ tests, entryPoint }, seed) => ask({ command: 'inputs', tests, entryPoint, seed }, inputsSchema),
    close: () => child?.process.stdin.end(),
  };
};
