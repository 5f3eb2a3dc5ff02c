import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Tracer } from '../../activities/ports.js';
import { openTracer } from '../../adapters/sandbox/tracer.js';
import type { Task } from '../../contract/task.js';
import { renderTrace } from '../../core/trace/index.js';

const task = (program: string, tests: string[], extra: Partial<Task> = {}): Task => ({
  id: 't1',
  intent: '',
  buggy: program,
  entryPoint: 'f',
  tests,
  problemId: 'p1',
  source: { dataset: 'test', license: 'Apache-2.0' },
  ...extra,
});

/** For runs that end at a CPU limit, on a machine that may be busy with other tests. */
const patientMs = 300_000;

describe('the tracer in its jail', () => {
  let tracer: Tracer;
  beforeAll(async () => {
    tracer = await openTracer({ jails: 1, cpuLimitMs: 500 });
  });
  afterAll(() => tracer.close());

  const trace = async (of: Task) => {
    const [traced] = await tracer.trace([of]);
    if (traced === undefined) throw new Error('no trace');
    return traced;
  };

  test(
    'the first failing visible test is traced, and its state changes are numbered',
    async () => {
      const program = 'def f(xs):\n    xs = sorted(xs)\n    return xs[-1]\n';
      const traced = await trace(task(program, ['assert f([1]) == 1', 'assert f([3, 2]) == 2']));
      expect(renderTrace('inline', traced, program)).toBe(
        [
          'def f(xs):  # (0) xs=[3, 2];',
          '    xs = sorted(xs)  # (1) xs=[2, 3];',
          '    return xs[-1]  # (2) __return__=3;',
          '',
          'assert f([3, 2]) == 2 \\',
          '    # (3) __exception__=AssertionError();',
          '',
        ].join('\n'),
      );
      expect(traced).toMatchObject({ testIndex: 1, exception: 'AssertionError()', returned: '3' });
    },
    patientMs,
  );
  test('a program that passes every test is traced on its first one', async () => {
    const traced = await trace(task('def f(x):\n    return x\n', ['assert f(1) == 1', 'assert f(2) == 2']));
    expect(traced).toMatchObject({ testIndex: 0, exception: null, returned: '1', truncated: null });
  });
  test(
    'a program that never ends keeps its trace up to the cap',
    async () => {
      const traced = await trace(task('def f(x):\n    while True:\n        x += 1\n', ['assert f(1) == 1']));
      expect(traced.truncated).toBe('events');
      expect(traced.events.slice(0, 2).map((event) => event.changes)).toEqual([[['x', '1']], [['x', '2']]]);
    },
    patientMs,
  );
  test(
    'a later test that never ends is the failing one, whether or not its loop comes back to where it was',
    async () => {
      for (const turn of ['y = x', 'x *= 3']) {
        const program = `def f(x):\n    while x:\n        ${turn}\n    return x\n`;
        const traced = await trace(task(program, ['assert f(0) == 0', 'assert f(1) == 0', 'assert f(0) == 1']));
        expect(traced).toMatchObject({ testIndex: 1, truncated: 'events', exception: null, returned: null });
      }
    },
    patientMs,
  );
  test(
    'a program that hangs in one statement keeps its trace up to there',
    async () => {
      const program = 'def f(x):\n    y = x + 1\n    return 3 ** 10 ** 9\n';
      const traced = await trace(task(program, ['assert f(1) == 1'], { cpuLimitMs: 100 }));
      expect(traced).toMatchObject({ truncated: 'time', exception: null });
      expect(traced.events).toHaveLength(2);
    },
    patientMs,
  );
  test('a program that ends its process keeps its trace, and the next task is traced as ever', async () => {
    const traced = await trace(task('import os\ndef f(x):\n    y = x\n    os._exit(0)\n', ['assert f(1) == 1']));
    expect(traced).toMatchObject({ truncated: 'exit' });
    expect(traced.events).toHaveLength(2);
    expect((await trace(task('def f(x):\n    return x\n', ['assert f(1) == 1']))).returned).toBe('1');
  });
  test('a program that crashes its process is told from one that memory ended', async () => {
    const traced = await trace(
      task('import ctypes\ndef f(x):\n    y = x\n    ctypes.string_at(0)\n', ['assert f(1) == 1']),
    );
    expect(traced).toMatchObject({ truncated: 'exit' });
    expect(traced.events).toHaveLength(2);
  });
  test(
    'a program that runs out of memory, and the tracer before it, keeps its trace up to there with the reason',
    async () => {
      const program = 'import os\ndef f(x):\n    while True:\n        x = x + x\n';
      const traced = await trace(task(program, ['assert f([1]) == 1'], { cpuLimitMs: 10_000 }));
      expect(traced).toMatchObject({ truncated: 'memory', exception: 'MemoryError()', steps: null });
      expect(renderTrace('inline', traced, program)).toContain(
        '\n    # ...; __exception__=MemoryError(); (stopped: memory limit)\n',
      );
    },
    patientMs,
  );
  test(
    'a first test that needs more than its CPU limit is the failing one, though a traced run may take longer',
    async () => {
      const slow = task('def f(n):\n    return sum(range(n))\n', ['assert f(60_000_000) > 1', 'assert f(1) == 1'], {
        cpuLimitMs: 150,
      });
      expect((await trace(slow)).testIndex).toBe(0);
    },
    patientMs,
  );
  test('a test fails after another that passed, in a program for either way', async () => {
    const tests = ['assert f([1]) == 1', 'assert f([2]) == 2', 'assert f([3]) == 4', 'assert f([4]) == 5'];
    for (const first of ['', 'from collections import Counter\n']) {
      const traced = await trace(task(`${first}def f(xs):\n    return xs[0]\n`, tests));
      expect(traced).toMatchObject({ testIndex: 2, exception: 'AssertionError()', returned: '3' });
    }
  });
  test.each(['77', '0', '78'])(
    'a program that ends its process with status %s while it is watched hides no failing test',
    async (status) => {
      const program = [
        'import os, sys, time',
        'def f(n):',
        '    if n == 0:',
        '        return 0',
        '    if sys.gettrace():',
        `        os._exit(${status})`,
        '    begun = time.process_time()',
        '    while time.process_time() - begun < 0.2:',
        '        pass',
        '    return n',
      ].join('\n');
      const tests = ['assert f(0) == 0', 'assert f(1) == 1', 'assert f(2) == 0'];
      const traced = await trace(task(program, tests, { cpuLimitMs: 5000 }));
      expect(traced).toMatchObject({ testIndex: 2, truncated: 'exit' });
    },
    patientMs,
  );
  test('a program that does not compile is refused with its line', async () => {
    const traced = await trace(task('def f(x):\n    return (\n', ['assert f(1) == 1']));
    expect(traced.refused).toMatch(/^the program does not compile: SyntaxError in line/);
  });
  test('a program sees no host file, no network and no other process', async () => {
    const program = [
      'import os, socket',
      'def f():',
      '    seen = []',
      '    for attempt in (lambda: os.listdir("/root"), lambda: open("/etc/passwd"), socket.socket, os.fork):',
      '        try:',
      '            attempt()',
      '            seen.append("yes")',
      '        except OSError:',
      '            seen.append("no")',
      '    return seen',
    ].join('\n');
    const traced = await trace(task(program, ['assert f() == 1']));
    expect(traced.returned).toBe("['no', 'no', 'no', 'no']");
  });
  test('two runs give the same bytes, whatever order strings hash in', async () => {
    const program = 'import random\ndef f(w):\n    s = set(w)\n    return [*s, random.random()]\n';
    const of = task(program, ["assert f(['ab', 'cd', 'ef']) == 1"]);
    expect(JSON.stringify(await trace(of))).toBe(JSON.stringify(await trace(of)));
  });
  test('an abort ends a run that hangs, and the tracer goes on with a new jail', async () => {
    const hanging = task('def f(x):\n    return 3 ** 10 ** 9\n', ['assert f(1) == 1'], { cpuLimitMs: 60_000 });
    await expect(tracer.trace([hanging], { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/);
    expect((await trace(task('def f(x):\n    return x\n', ['assert f(1) == 1']))).returned).toBe('1');
  });
  test('a task with nothing to run is refused, and progress counts it', async () => {
    const { buggy: _, ...empty } = task('', ['assert f(1) == 1']);
    const seen: number[] = [];
    const [refused] = await tracer.trace([empty as Task], { onProgress: ({ done }) => seen.push(done) });
    expect(refused?.refused).toBe('the task has neither a buggy program nor a reference');
    expect(seen).toEqual([1]);
  });
});
