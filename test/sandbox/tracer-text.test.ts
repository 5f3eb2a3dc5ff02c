import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Tracer } from '../../activities/ports.js';
import { findJailPython } from '../../adapters/sandbox/interpreter.js';
import { openTracer } from '../../adapters/sandbox/tracer.js';
import type { Task } from '../../contract/task.js';
import { annotateTrace } from '../../core/trace/index.js';
import { withoutSpans } from '../../core/trace/spans.js';

/** Programs whose lines are no simple lines. Each fails `assert f(2) == 0`, on which it is traced. */
const programs: Record<string, string> = {
  'a string over lines and one with a hash': 'def f(x):\n    s = """a\n# b\n"""\n    t = "#"; return s + t\n',
  'a line continued by a backslash': 'def f(x):\n    y = x + \\\n        1\n    return \\\n        y\n',
  'CRLF and tabs': 'def f(x):\r\n\ty = [x,\r\n\t\tx]\r\n\treturn y\r\n',
  'no line break at the end': 'def f(x):\n    return x',
  'comments of its own':
    'def f(x):  # doubles\n    y = (  # start\n        x * 2  # twice\n    )  # end\n    return y\n',
  'several statements a line and one-line bodies': 'def f(x): y = x; z = [y]; return z\n',
  'a decorator, a default and annotations over lines':
    'import functools\n@functools.lru_cache(\n    None)\ndef f(\n    x: int,\n    y=(1,\n       2),\n) -> int:\n    return x\n',
  'a one-line loop and a conditional':
    'def f(x):\n    for i in range(9): x += i\n    while x > 30: x -= 30\n    return x\n',
  'exceptions, with and match':
    'import io\ndef f(x):\n    try:\n        with io.StringIO("a") as h, \\\n                io.StringIO("b"):\n            [][x]\n' +
    '    except (KeyError,\n            IndexError) as e:\n        match x:\n            case int(n): return n\n',
  'form feeds and other separators': 'def f(x):\n\x0c\n    s = "\\u2028\u2028\u0085"\n    return s\n',
};

const task = (program: string): Task => ({
  id: 't1',
  intent: '',
  buggy: program,
  entryPoint: 'f',
  tests: ['assert f(2) == 0'],
  problemId: 'p1',
  source: { dataset: 'test', license: 'Apache-2.0' },
});

describe('the text of a real trace', () => {
  let tracer: Tracer;
  let python: string;
  beforeAll(async () => {
    tracer = await openTracer({ jails: 1 });
    python = (await findJailPython()).path;
  });
  afterAll(() => tracer.close());

  /** Throws where the text is no Python; the same syntax tree means that comments were all that was added. */
  const dump = (source: string): string =>
    execFileSync(python, ['-I', '-c', 'import ast, sys; print(ast.dump(ast.parse(sys.stdin.buffer.read())))'], {
      input: source,
      encoding: 'utf8',
    });

  test.each(Object.entries(programs))('is the program with comments: %s', async (_title, program) => {
    const [trace] = await tracer.trace([task(program)]);
    if (trace === undefined) throw new Error('no trace');
    expect(trace.refused).toBeNull();
    expect(trace.events.length).toBeGreaterThan(1);
    const rendered = annotateTrace('inline', trace, program);
    expect(withoutSpans(rendered)).toBe(program);
    const bare = program + (/[\r\n]$/.test(program) ? '' : '\n');
    expect(dump(rendered.text)).toBe(dump(`${bare}assert f(2) == 0\n`));
    expect(rendered.text).toContain('(0) x=2;');
  });
});
