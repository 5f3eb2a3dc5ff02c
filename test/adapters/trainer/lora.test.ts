import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainProgress } from '../../../activities/ports.js';
import { createLoraTrainer } from '../../../adapters/trainer/lora.js';
import { trainerConfigSchema } from '../../../contract/config.js';
import { NextuneFailure } from '../../../contract/failures.js';
import { eventually } from '../supervisor/eventually.js';

const done = {
  type: 'done',
  adapterDir: '/adapter',
  steps: 2,
  trainTokens: 30,
  finalLoss: 0.5,
  seconds: 1,
  precision: 'fp32',
  examples: 4,
  leftOut: 0,
};
const progress = { type: 'progress', phase: 'train', step: 1, totalSteps: 2, loss: 1.5, tokensPerSecond: 9 };

let dir: string;
let python: string | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-lora-'));
  python = process.env.NEXTUNE_PYTHON;
});

afterEach(async () => {
  if (python === undefined) delete process.env.NEXTUNE_PYTHON;
  else process.env.NEXTUNE_PYTHON = python;
  await rm(dir, { recursive: true });
});

/** Puts a shell script in the place of the interpreter. */
const interpret = async (script: string): Promise<void> => {
  const path = join(dir, 'python');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  process.env.NEXTUNE_PYTHON = path;
};

const say = (line: object): string => `echo '${JSON.stringify(line)}'`;

const train = (work: { signal?: AbortSignal; onProgress?: (progress: TrainProgress) => void } = {}) =>
  createLoraTrainer({ stateDir: dir, baseDir: async () => join(dir, 'base'), threads: 2 }).train(
    {
      workDir: join(dir, 'work'),
      examplesPath: join(dir, 'rows.jsonl'),
      seed: '1',
      config: trainerConfigSchema.parse({}),
    },
    work,
  );

const failureOf = async (script: string): Promise<NextuneFailure> => {
  await interpret(script);
  const failure = await train().catch((error: unknown) => error);
  if (!(failure instanceof NextuneFailure)) throw new Error(`no failure but ${String(failure)}`);
  return failure;
};

/** A zombie runs no more: it only waits for its new parent to reap it, which takes some machines a while. */
const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('progress lines are passed on, chatter is not, and the last line is the outcome', async () => {
  await interpret([say(progress), 'echo chatter', say(done)].join('\n'));
  const seen: TrainProgress[] = [];
  const outcome = await train({ onProgress: (line) => seen.push(line) });
  expect(seen).toEqual([{ phase: 'train', step: 1, totalSteps: 2, loss: 1.5, tokensPerSecond: 9 }]);
  expect(outcome).toEqual({
    adapterDir: '/adapter',
    steps: 2,
    trainTokens: 30,
    finalLoss: 0.5,
    seconds: 1,
    precision: 'fp32',
  });
});

test('the job file holds what the trainer needs and nothing of when or where it is asked', async () => {
  await interpret(say(done));
  await train();
  expect(JSON.parse(await readFile(join(dir, 'work', 'job.json'), 'utf8'))).toEqual({
    baseDir: join(dir, 'base'),
    examplesPath: join(dir, 'rows.jsonl'),
    workDir: join(dir, 'work'),
    seed: '1',
    device: 'auto',
    threads: 2,
    checkpointSeconds: 30,
    config: {
      rank: 16,
      alpha: 32,
      learningRate: 0.001,
      epochs: 3,
      batchSize: 4,
      maxTokens: 1024,
      precision: 'auto',
    },
  });
});

test.each([
  ['internal', 'trainerFailed', /run it again/],
  ['base', 'trainerFailed', /doctor/],
  ['locked', 'trainerFailed', /end the other trainer/],
  [
    'out-of-memory',
    'trainerFailed',
    /lower trainer.maxTokens \(now 1024\).*CUDA_VISIBLE_DEVICES= .* trains on the CPU/,
  ],
  ['examples', 'dataInvalid', /rows.jsonl/],
  ['job', 'configInvalid', /configuration/],
])('an error of kind %s fails as %s and says what to do', async (kind, failureKind, remedy) => {
  const failure = await failureOf(`${say({ type: 'error', kind, message: 'the reason' })}\necho trouble >&2\nexit 1`);
  expect(failure.kind).toBe(failureKind);
  expect(failure.message).toContain(`fine-tuning failed (${kind}): the reason`);
  expect(failure.message).toMatch(remedy);
  expect(failure.message).toContain(`log: ${join(dir, 'work', 'trainer.log')}`);
  expect(failure.message).toContain('trouble');
});

test('a trainer that the system kills is named as out of memory', async () => {
  const failure = await failureOf('kill -9 $$');
  expect(failure.kind).toBe('trainerFailed');
  expect(failure.message).toContain('out-of-memory');
});

test('a trainer that ends well without a result has failed', async () => {
  expect((await failureOf('exit 0')).message).toContain('exit status 0 without a result');
});

test('an interpreter that is not there fails as the trainer, with the remedy', async () => {
  process.env.NEXTUNE_PYTHON = join(dir, 'absent');
  await expect(train()).rejects.toMatchObject({ kind: 'trainerFailed', message: expect.stringMatching(/bootstrap/) });
});

test('what the trainer says on standard error is kept in its log', async () => {
  await interpret(`echo trouble >&2\n${say(done)}`);
  await train();
  expect(await readFile(join(dir, 'work', 'trainer.log'), 'utf8')).toBe('trouble\n');
});

test('a failure quotes what this run said, not what an earlier one left in the log', async () => {
  await interpret('echo earlier >&2; exit 1');
  await expect(train()).rejects.toMatchObject({ message: expect.stringContaining('earlier') });
  await interpret('echo later >&2; exit 1');
  const failure = await train().catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ message: expect.stringContaining('later') });
  expect(failure).toMatchObject({ message: expect.not.stringContaining('earlier') });
  expect(await readFile(join(dir, 'work', 'trainer.log'), 'utf8')).toBe('earlier\nlater\n');
});

test('a log that cannot be opened fails as what it is, and starts nothing', async () => {
  await interpret(`touch '${join(dir, 'started')}'; ${say(done)}`);
  await mkdir(join(dir, 'work', 'trainer.log'), { recursive: true });
  await expect(train()).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(readFile(join(dir, 'started'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('no secret of the environment reaches the trainer', async () => {
  process.env.NEXTUNE_TEST_API_KEY = 'secret';
  try {
    await interpret(`env > ${join(dir, 'env')}\n${say(done)}`);
    await train();
  } finally {
    delete process.env.NEXTUNE_TEST_API_KEY;
  }
  const environment = await readFile(join(dir, 'env'), 'utf8');
  expect(environment).not.toContain('secret');
  expect(environment).toContain('HF_HUB_OFFLINE=1');
});

test('an abort ends the whole tree, a grandchild that ignores SIGTERM included', async () => {
  const stubborn = '(trap "" TERM; echo $$; exec >/dev/null 2>&1; while :; do read line || exec sleep 60; done)';
  await interpret(`${stubborn.replace('echo $$; ', '')} </dev/null & echo $! >&2\n${say(progress)}\nwait`);
  const controller = new AbortController();
  const training = train({ signal: controller.signal, onProgress: () => controller.abort() });
  await expect(training).rejects.toThrow(/abort/);
  const grandchild = Number(await readFile(join(dir, 'work', 'trainer.log'), 'utf8'));
  expect(grandchild).toBeGreaterThan(1);
  await eventually('the grandchild has ended', () => !isRunning(grandchild));
});

test('a job that is stopped before it starts starts nothing', async () => {
  await interpret(`touch ${join(dir, 'started')}\n${say(done)}`);
  await expect(train({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  await expect(readFile(join(dir, 'started'))).rejects.toThrow(/ENOENT/);
});
