import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTracer, type SandboxTracer } from '../../adapters/sandbox/tracer.js';
import type { Task } from '../../contract/task.js';
import { renderTrace } from '../../core/trace/index.js';

const taskOf = (program: string, tests: string[]): Task => ({
  id: 't1',
  intent: '',
  buggy: program,
  entryPoint: /def (\w+)\(/.exec(program)?.[1] ?? 'f',
  tests,
  problemId: 'p1',
  source: { dataset: 'test', license: 'Apache-2.0' },
});

/** A text as it should be; the program is what is left without the comments that start with a step or an ellipsis. */
interface Golden {
  rule: string;
  text: string;
}

const goldens: Golden[] = [
  {
    rule: 'steps are numbered over the run, arguments first, the exception under the assert',
    text: `def smallest_gap(xs):  # (0) xs=[9, 4, 6, 1];
    xs = sorted(xs)  # (1) xs=[1, 4, 6, 9];
    gap = xs[1] - xs[0]  # (2) gap=3;
    for a, b in zip(xs, xs[1:]):  # (3) a=1; b=4; (4) a=4; b=6; (6) a=6; b=9;
        if b - a < gap:
            gap = b - a  # (5) gap=2;
    return gap + 1  # (7) __return__=3;

assert smallest_gap([9, 4, 6, 1]) == 2 \\
    # (8) __exception__=AssertionError();
`,
  },
  {
    rule: 'a loop head keeps three visits and the last, another line two and the last; elided ones keep their numbers',
    text: `def total(n):  # (0) n=6;
    t = 0  # (1) t=0;
    for i in range(n):  # (2) i=0; (3) i=1; (5) i=2; ...; (11) i=5;
        t += i  # (4) t=1; (6) t=3; ...; (12) t=15;
    return t  # (13) __return__=15;

assert total(6) == 21 \\
    # (14) __exception__=AssertionError();
`,
  },
  {
    rule: 'a change in place is shown under every name that holds the value',
    text: `def grow(rows):  # (0) rows=[[1], [2]];
    first = rows[0]  # (1) first=[1];
    first.append(5)  # (2) rows=[[1, 5], [2]]; first=[1, 5];
    rows[1][0] = 2
    rows[1][0] = True  # (3) rows=[[1, 5], [True]];
    return rows  # (4) __return__=[[1, 5], [True]];

assert grow([[1], [2]]) == [] \\
    # (5) __exception__=AssertionError();
`,
  },
  {
    rule: 'other functions show their arguments and results, under one counter',
    text: `def f(n):  # (0) n=2;
    a = half(n)  # (3) a=1.0;
    return a + half(a)  # (6) __return__=1.5;
def half(k):  # (1) k=2; (4) k=1.0;
    return k / 2  # (2) __return__=1.0; (5) __return__=0.5;

assert f(2) == 2 \\
    # (7) __exception__=AssertionError();
`,
  },
  {
    rule: 'an exception caught inside takes a number on its except line; one that leaves shows on the assert',
    text: `def f(d):  # (0) d={};
    try:
        d['k'] += 1
    except KeyError as error:  # (1) __exception__=KeyError('k'); error=KeyError('k');
        d['k'] = 0  # (2) d={'k': 0};
    return d['k'] // d['k']

assert f({}) == 1 \\
    # (3) __exception__=ZeroDivisionError('integer division or modulo by zero');
`,
  },
  {
    rule: 'a loop binds its targets anew, and all are shown; an assignment that changes nothing takes no number',
    text: `def f(pairs):  # (0) pairs=[(1, 2), (1, 3)];
    x = 0  # (1) x=0;
    for a, b in pairs:  # (2) a=1; b=2; (3) a=1; b=3;
        x = 0
    return x  # (4) __return__=0;

assert f([(1, 2), (1, 3)]) == 1 \\
    # (5) __exception__=AssertionError();
`,
  },
];

const programIn = (text: string): string =>
  text
    .slice(0, text.lastIndexOf('\nassert'))
    .split('\n')
    .map((line) => line.replace(/ {2}# \(.*$/, ''))
    .join('\n');
const testIn = (text: string): string => /\n(assert .*) \\\n/.exec(text)?.[1] ?? '';

describe("the tracer's text", () => {
  let tracer: SandboxTracer;
  beforeAll(async () => {
    tracer = await openTracer({ jails: 1 });
  });
  afterAll(() => tracer.close());

  test.each(goldens)('$rule', async ({ text }) => {
    const program = programIn(text);
    const [trace] = await tracer.trace([taskOf(program, [testIn(text)])]);
    if (!trace) throw new Error('no trace');
    expect(renderTrace('inline', trace, program)).toBe(text);
  });
});

describe('tests and kept traces', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nextune-traces-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const program = 'def f(x):\n    if x == 3:\n        import os\n        os._exit(0)\n    return x + x % 2\n';
  const tests = [2, 1, 3, 4, 5].map((x) => `assert f(${x}) == ${x}`);

  test('the first N failing tests are traced, or all, in order; one that ends its process fails', async () => {
    const tracer = await openTracer({ jails: 1 });
    const failing = async (failures: number): Promise<number[]> =>
      (await tracer.traceTests(taskOf(program, tests), failures)).traces.map(({ testIndex }) => testIndex);
    expect(await failing(1)).toEqual([1]);
    expect(await failing(2)).toEqual([1, 2]);
    expect(await failing(1_000_000)).toEqual([1, 2, 4]);
    await tracer.close();
  });
  test('a kept trace is taken again under any id, one that was cut is made anew, and another program has its own', async () => {
    const tracer = await openTracer({ jails: 1, cacheDir: dir });
    const task = taskOf(program, tests);
    const first = await tracer.traceTests(task, 1);
    expect(first.cached).toBe(false);
    const again = await tracer.traceTests({ ...task, id: 'other' }, 1);
    expect(again).toEqual({ cached: true, traces: first.traces.map((trace) => ({ ...trace, taskId: 'other' })) });
    expect((await tracer.traceTests(taskOf(`${program}\n`, tests), 1)).cached).toBe(false);
    const files = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(2);
    for (const file of files) await truncate(join(dir, file), 100);
    expect(await tracer.traceTests(task, 1)).toEqual(first);
    await tracer.close();
  });
  test('what a limit ended is not kept, for it depends on the machine', async () => {
    const tracer = await openTracer({ jails: 1, cacheDir: join(dir, 'slow'), cpuLimitMs: 100 });
    const task = taskOf('def f(x):\n    return 3 ** 10 ** 9\n', ['assert f(1) == 1']);
    expect((await tracer.traceTests(task, 1)).traces[0]?.truncated).toBe('time');
    expect((await tracer.traceTests(task, 1)).cached).toBe(false);
    await tracer.close();
  }, 300_000);
  test('a run lost in a recursion keeps the steps up to there, and says how it ended and why it is not whole', async () => {
    const tracer = await openTracer({ jails: 1 });
    const deep =
      'def down(n):\n    try:\n        return down(n + 1)\n    except RecursionError:\n        return n\n' +
      'def f(n):\n    d = down(n)\n    return 7\n';
    const [trace] = (await tracer.traceTests({ ...taskOf(deep, ['assert f(0) == 0']), entryPoint: 'f' }, 1)).traces;
    expect(trace).toMatchObject({ truncated: 'recursion', exception: 'AssertionError()', returned: '7', steps: null });
    const text = trace ? renderTrace('inline', trace, deep) : '';
    expect(text).toContain('def down(n):  # (1) n=0; (2) n=1; ...;\n');
    expect(text).toContain('\n    # ...; __return__=7; __exception__=AssertionError(); (stopped: recursion limit)\n');
    await tracer.close();
  });
  test('a run past the cap is marked, and ends as the plain run did', async () => {
    const tracer = await openTracer({ jails: 1, stepsCap: 50 });
    const long = 'def f(n):\n    for i in range(n):\n        x = i\n    return x\n';
    const [trace] = (await tracer.traceTests(taskOf(long, ['assert f(90000) == 0']), 1)).traces;
    expect(trace).toMatchObject({ truncated: 'events', exception: 'AssertionError()', returned: '89999' });
    if (trace) expect(renderTrace('inline', trace, long)).toContain('# (1) i=0; (3) i=1; (5) i=2; ...;\n');
    await tracer.close();
  });
});
