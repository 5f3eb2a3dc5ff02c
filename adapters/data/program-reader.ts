import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import type { Mutant } from '../../core/data/bugs.js';
import type { EvalPlusDataset } from '../../core/data/evalplus.js';
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
  /** What the visible tests compute, and the same over new arguments near theirs, as source text; none where no test allows it. */
  inputs(task: Task, seed: string): Promise<Read<{ shown: string[]; calls: string[] }>>;
  /** Tests and intent of a program that comes with a `check` function; the program in a tidy layout. */
  checkFunction(from: { program: string; test: string; entryPoint: string }): Promise<Read<CheckedProgram>>;
  /** A QuixBugs program's parts, from the texts of its files. */
  quixbugs(name: string, files: QuixBugsFiles): Promise<Read<QuixBugsProgram>>;
  /** A row of MbppPlus or HumanEvalPlus from its text: JavaScript's numbers would lose the digits of large integers. */
  evalPlus(dataset: EvalPlusDataset, line: string): Promise<ReadEvalPlus>;
  /** What a program is compared by: its code in one layout, and a digest of each larger function's shape. */
  signature(program: string): Promise<Read<Signature>>;
  /** Why tests of a task judge nothing: no assert, or the program never used. */
  faults(task: Task): Promise<Read<{ faults: string[] }>>;
  /** A solution that someone wrote, without what tries it out at its top level; `form` is that of all its copies. */
  solution(program: string, entryPoint: string): Promise<Read<{ program: string; form: string }>>;
  /** What is asked afterwards fails. */
  close(): void;
}

export interface Signature {
  code: string;
  shapes: string[];
}

const evalPlusCallSchema = z.object({ arguments: z.string(), alternative: z.string().nullable() });
const evalPlusRowSchema = z.object({
  taskId: z.string(),
  entryPoint: z.string(),
  intent: z.string(),
  program: z.string(),
  checked: z.string(),
  form: z.enum(['equal', 'set', 'present', 'root']),
  atol: z.number(),
  shown: z.array(evalPlusCallSchema),
  hidden: z.array(evalPlusCallSchema),
});
const evalPlusSchema = z.union([
  z.object({ ok: z.literal(true), row: evalPlusRowSchema }),
  z.object({
    ok: z.literal(false),
    malformed: z.literal(true).optional(),
    taskId: z.string().optional(),
    reason: z.string(),
  }),
]);
type ReadEvalPlus = z.infer<typeof evalPlusSchema>;

const refusedSchema = z.object({ ok: z.literal(false), reason: z.string() });
const mutantSchema = z.object({ operator: z.string(), line: z.int().positive(), program: z.string() });
const mutatedSchema = z.union([z.object({ ok: z.literal(true), mutants: z.array(mutantSchema) }), refusedSchema]);
const adoptedSchema = z.union([
  z.object({ ok: z.literal(true), entryPoint: z.string(), program: z.string() }),
  refusedSchema,
]);
const inputsSchema = z.union([
  z.object({ ok: z.literal(true), shown: z.array(z.string()), calls: z.array(z.string()) }),
  refusedSchema,
]);
const checkedSchema = z.union([z.object({ ok: z.literal(true) }), refusedSchema]);

const checkedProgramSchema = z.object({
  ok: z.literal(true),
  program: z.string(),
  intent: z.string(),
  /** The program's own functions that tests call, for the judge; empty for most. */
  setup: z.string(),
  tests: z.array(z.string()).min(1),
});
const quixBugsProgramSchema = z.object({
  ok: z.literal(true),
  intent: z.string(),
  buggy: z.string(),
  reference: z.string(),
  setup: z.string(),
  tests: z.array(z.string()).min(1),
  hiddenTests: z.array(z.string()),
  /** Cases that the set's own tests skip because they take minutes. */
  leftOut: z.int().nonnegative(),
});
type CheckedProgram = Omit<z.infer<typeof checkedProgramSchema>, 'ok'>;
export type QuixBugsProgram = Omit<z.infer<typeof quixBugsProgramSchema>, 'ok'>;
const answered = {
  checkFunction: z.union([checkedProgramSchema, refusedSchema]),
  quixbugs: z.union([quixBugsProgramSchema, refusedSchema]),
  signature: z.union([z.object({ ok: z.literal(true), code: z.string(), shapes: z.array(z.string()) }), refusedSchema]),
  solution: z.union([z.object({ ok: z.literal(true), program: z.string(), form: z.string() }), refusedSchema]),
  faults: z.union([z.object({ ok: z.literal(true), faults: z.array(z.string()) }), refusedSchema]),
};

/** Texts of the files that belong to one program; null for those that are not there. */
export interface QuixBugsFiles {
  buggy: string;
  correct: string;
  /** `json_testcases/NAME.json`. */
  cases: string | null;
  /** `python_testcases/test_NAME.py`. */
  tests: string | null;
  /** `python_programs/node.py`. */
  node: string | null;
}

interface Child {
  process: ChildProcessByStdio<Writable, Readable, null>;
  lines: AsyncIterator<string>;
  started: Promise<unknown>;
}

/** The project's own environment, or before it is there any Python on PATH: only the standard library is used. */
const interpreter = (): string => (existsSync(pythonEnv()) ? pythonEnv() : 'python3');

/**
 * Its folder is ours, so that no module of the caller's folder is imported; it ends when its input does. In a group of its
 * own, for a ctrl-c meant for us would end it, too, and the program it reads would be blamed.
 */
const startChild = (): Child => {
  const child = spawn(interpreter(), ['-E', '-s', '-B', '-m', 'nextune_data'], {
    cwd: resourcePath('python'),
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  const started = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  started.catch(() => undefined);
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), started };
};

/** It ends with its input, which this process need not wait for. */
const leave = ({ process: child }: Child): void => {
  child.stdin.end();
  if (child.stdout instanceof Socket) child.stdout.unref();
  child.unref();
};

const notStarted = (cause: unknown): NextuneFailure =>
  new NextuneFailure('sandboxBroken', `${interpreter()} does not start: run npm run bootstrap`, { cause });

/**
 * Starts the Python child at the first question, and asks one at a time: a program that kills it is then known, counts
 * as refused, and the next gets a new child.
 */
export const openProgramReader = (): ProgramReader => {
  let child: Child | undefined;
  let answers = 0;
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();
  const askNow = async <Answer>(request: object, schema: z.ZodType<Answer>): Promise<Answer> => {
    // One that waited its turn while its caller gave up would start a child that nothing ends.
    if (isClosed) throw new Error('the reader of programs is closed');
    child ??= startChild();
    await child.started.catch((cause) => Promise.reject(notStarted(cause)));
    child.process.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await child.lines.next();
    if (!line.done) {
      answers += 1;
      return schema.parse(JSON.parse(line.value));
    }
    child = undefined;
    if (answers === 0) throw notStarted(new Error('it ended without an answer'));
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
    checkFunction: (from) => ask({ command: 'check-function', ...from }, answered.checkFunction),
    quixbugs: (name, files) => ask({ command: 'quixbugs', name, files }, answered.quixbugs),
    evalPlus: (dataset, line) => ask({ command: 'evalplus', dataset, line }, evalPlusSchema),
    signature: (program) => ask({ command: 'signature', program }, answered.signature),
    faults: (task) => ask({ command: 'faults', task }, answered.faults),
    solution: (program, entryPoint) => ask({ command: 'solution', program, entryPoint }, answered.solution),
    close: () => {
      isClosed = true;
      if (child) leave(child);
    },
  };
};
