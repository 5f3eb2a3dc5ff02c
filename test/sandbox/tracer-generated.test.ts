import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findJailPython } from '../../adapters/sandbox/interpreter.js';
import { openTracer, type SandboxTracer } from '../../adapters/sandbox/tracer.js';
import type { Task } from '../../contract/task.js';
import { annotateTrace } from '../../core/trace/index.js';
import { withoutSpans } from '../../core/trace/spans.js';

/** A generator of numbers in [0, 1) with a seed (mulberry32), so that a failing program can be met again. */
const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** A program of random lines of every shape that a comment could go wrong on, with its own line ends and indents. */
const generated = (seed: number): string => {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const ending = pick(['\n', '\n', '\r\n', '\r']);
  const unit = pick(['    ', '\t', '  ']);
  const shapes: ((indent: string) => string[])[] = [
    (i) => [`${i}x = x + 1`],
    (i) => [`${i}x += 1; y = [x]; z = {"#": y}`],
    (i) => [`${i}s = """a`, '# no comment \\', `"""`],
    (i) => [`${i}t = 'it\\'s # not one'  # but this is`],
    (i) => [`${i}y = [  # open`, `${i}   x,`, '', `${i}   x]  # closed`],
    (i) => [`${i}y = x + \\`, `${i}    1`],
    (i) => [`${i}# a comment of its own`],
    (i) => [`${i}for k in range(3):`, `${i}${unit}x += k`],
    (i) => [`${i}while x > 9: x -= 5`],
    (i) => [`${i}if x: y = [x,`, `${i}       1]`],
    (i) => [
      `${i}try:`,
      `${i}${unit}[][x]`,
      `${i}except (KeyError,`,
      `${i}        IndexError) as e:`,
      `${i}${unit}z = {}`,
    ],
    (i) => [`${i}assert y is not None, (`, `${i}    "never")`],
    (i) => [`${i}with open_it(x) as h: y = h`],
    () => [''],
    () => ['\f'],
  ];
  const body = Array.from({ length: 3 + Math.floor(random() * 8) }, () => pick(shapes)(unit)).flat();
  const lines = [
    'import contextlib',
    '@contextlib.contextmanager',
    `def open_it(v): yield [v]`,
    `def f(x,${random() < 0.5 ? '' : ' # first'}`,
    '      y=None, z=()):',
    ...body,
    `${unit}return (x,`,
    `${unit}        y)`,
  ];
  return lines.join(ending) + (random() < 0.8 ? ending : '');
};

const count = 120;

describe(`the inline text of ${count} generated programs`, () => {
  let tracer: SandboxTracer;
  const programs = Array.from({ length: count }, (_, seed) => generated(seed + 1));
  const tasks: Task[] = programs.map((program, at) => ({
    id: String(at),
    intent: '',
    buggy: program,
    entryPoint: 'f',
    tests: ['assert f(2) == 0'],
    problemId: String(at),
    source: { dataset: 'test', license: 'Apache-2.0' },
  }));
  beforeAll(async () => {
    tracer = await openTracer({ jails: 2 });
  });
  afterAll(() => tracer.close());

  test('gives the program back byte for byte without its spans, and parses as the program and the test', async () => {
    const traces = await tracer.trace(tasks);
    const texts = traces.map((trace, at) => {
      const program = programs[at] ?? '';
      expect([at, trace.refused]).toEqual([at, null]);
      const rendered = annotateTrace('inline', trace, program);
      expect(withoutSpans(rendered)).toBe(program);
      expect(rendered.spans.length).toBeGreaterThan(1);
      const separator = /[\r\n]$/.test(program) ? '' : '\n';
      return [rendered.text, `${program}${separator}assert f(2) == 0\n`];
    });
    const compare =
      'import ast, json, sys\n' +
      'for at, (shown, plain) in enumerate(json.load(sys.stdin)):\n' +
      '    assert ast.dump(ast.parse(shown)) == ast.dump(ast.parse(plain)), (at, shown)\n' +
      'print("all")';
    const python = (await findJailPython()).path;
    const said = execFileSync(python, ['-I', '-c', compare], { input: JSON.stringify(texts), encoding: 'utf8' });
    expect(said.trim()).toBe('all');
  }, 300_000);
});
