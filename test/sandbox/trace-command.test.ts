import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resourcePath } from '../../adapters/paths.js';
import type { TaskTrace } from '../../contract/trace.js';

const task = (id: string, buggy: string, tests: string[]) => ({
  id,
  intent: 'add one',
  buggy,
  reference: 'def f(x):\n    return x + 1\n',
  entryPoint: 'f',
  tests,
  problemId: id,
  source: { dataset: 'test', license: 'Apache-2.0' },
});

const wrong = 'def f(x):\n    return x\n';
/** Its first and third test fail, and its fourth. */
const four = task('four', wrong, ['assert f(1) == 2', 'assert f(2) == 2', 'assert f(3) == 4', 'assert f(5) == 6']);
const passing = task('passing', wrong, ['assert f(1) == 1', 'assert f(2) == 2']);
/** Ended by its wall time, ten times its CPU time for the plain run and fifty for the traced one: it needs no CPU. */
const asleep = {
  ...task('asleep', 'import time\ndef f(x):\n    y = x\n    time.sleep(600)\n', ['assert f(1) == 2']),
  cpuLimitMs: 300,
};

describe('nextune trace', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-trace-command-'));
    const write = (name: string, tasks: object[]): void =>
      writeFileSync(join(dir, name), tasks.map((one) => `${JSON.stringify(one)}\n`).join(''));
    write('tasks.jsonl', [four, passing]);
    const waiting = Array.from({ length: 2 * availableParallelism() + 6 }, (_, n) => ({
      ...asleep,
      id: `asleep-${n}`,
      buggy: `${asleep.buggy}# ${n}\n`,
    }));
    write('waiting.jsonl', [{ ...four, id: 'sixth', buggy: `${wrong}# sixth\n` }, ...waiting]);
    write('slow.jsonl', [four, { ...four, id: 'again', buggy: `${wrong}# again\n` }, asleep]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** Runs the command in a folder of its own; `onOutput` sees all of standard output so far, and may interrupt. */
  const trace = async (args: string[], onOutput: (text: string, interrupt: () => void) => void = () => {}) => {
    const child = spawn(process.execPath, [resourcePath('bin', 'nextune.mjs'), 'trace', ...args], {
      cwd: dir,
      env: { ...process.env, NEXTUNE_STATE_DIR: join(dir, 'state'), NO_COLOR: '1' },
    });
    const said = { stdout: '', stderr: '' };
    // A second one would kill.
    const interrupt = (): void => void (child.killed || child.kill('SIGINT'));
    child.stdout.on('data', (chunk: Buffer) => {
      said.stdout += chunk.toString();
      onOutput(said.stdout, interrupt);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said.stderr += chunk.toString();
    });
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { ...said, status };
  };

  const tracedTests = (text: string): string[] => {
    const told = JSON.parse(text) as TaskTrace | TaskTrace[];
    return [told].flat().map((one) => one.test);
  };

  test.each([
    ['first', ['assert f(1) == 2']],
    ['2', ['assert f(1) == 2', 'assert f(3) == 4']],
    ['9', ['assert f(1) == 2', 'assert f(3) == 4', 'assert f(5) == 6']],
    ['all', ['assert f(1) == 2', 'assert f(3) == 4', 'assert f(5) == 6']],
  ])(
    '--tests %s traces so many of the failing tests, in their order',
    async (which, expected) => {
      const { stdout, status } = await trace(['tasks.jsonl', '--task', 'four', '--tests', which, '--json']);
      expect(tracedTests(stdout)).toEqual(expected);
      expect(status).toBe(0);
    },
    300_000,
  );

  test('without --tests the first failing one is traced, and of a program that fails none its first', async () => {
    const { stdout } = await trace(['tasks.jsonl']);
    expect(stdout).toContain('# ---- four, test 1\ndef f(x):  # (0) x=1;\n    return x  # (1) __return__=1;\n');
    expect(stdout).toContain('# ---- passing, test 1\ndef f(x):  # (0) x=1;\n');
    expect(stdout.match(/^# ----/gm)).toHaveLength(2);
  }, 300_000);

  test.each(['0', 'none'])(
    '--tests %s is refused, with what it may be',
    async (which) => {
      const { stderr, status } = await trace(['tasks.jsonl', '--tests', which]);
      expect(stderr).toContain('Use first, all, or how many failing tests to trace.');
      expect(status).toBe(2);
    },
    300_000,
  );

  test('ctrl-c ends a whole file and says how to go on; the same command then takes what was traced from before', async () => {
    const stopped = await trace(['slow.jsonl'], (text, interrupt) => {
      if (text.includes('# ---- again')) interrupt();
    });
    expect(stopped.stderr).toContain('stopped: what is traced is kept, and the same command goes on from here');
    expect(stopped.stdout).not.toContain('# ---- asleep');
    expect(stopped.status).toBe(1);

    const rest = await trace(['slow.jsonl', '-o', 'traces.jsonl']);
    expect(rest.stdout).toBe('3 traces, 0 refused, 2 of 3 tasks known from before; wrote traces.jsonl\n');
    const rows = readFileSync(join(dir, 'traces.jsonl'), 'utf8').trim().split('\n');
    const traces = rows.map((row) => JSON.parse(row) as TaskTrace);
    expect(traces.map(({ taskId, truncated }) => [taskId, truncated])).toEqual([
      ['four', null],
      ['again', null],
      ['asleep', 'time'],
    ]);
  }, 300_000);

  test('ctrl-c ends it also where many more tasks wait than are traced at a time', async () => {
    const stopped = await trace(['waiting.jsonl'], (_, interrupt) => interrupt());
    expect(stopped.stderr).toContain('stopped: what is traced is kept');
    expect(stopped.status).toBe(1);
  }, 300_000);
});
