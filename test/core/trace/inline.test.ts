import { describe, expect, test } from '@jest/globals';
import type { TaskTrace } from '../../../contract/trace.js';
import { annotateTrace, renderTrace, type TraceOptions } from '../../../core/trace/index.js';
import { withoutSpans } from '../../../core/trace/spans.js';
import { loop, numbered, on, traceOf } from './builders.js';

const annotateInline = (trace: TaskTrace, program: string) => annotateTrace('inline', trace, program);
const renderInline = (trace: TaskTrace, program: string, options: TraceOptions = {}): string =>
  renderTrace('inline', trace, program, options);
const lines = (...all: string[]): string => `${all.join('\n')}\n`;
const failing = (step: number): string[] => [
  '',
  'assert f(1) == 2 \\',
  `    # (${step}) __exception__=AssertionError();`,
];

describe('the inline format', () => {
  test('numbers state changes over the run, arguments first, and puts the exception under the failing assert', () => {
    const program = lines('def f(xs):', '    top = max(xs)', '    if top > 3:', '        top = 3', '    return top');
    const trace = traceOf(
      numbered(
        on(1, { xs: '[2, 5]' }, { kind: 'arguments' }),
        on(2, { top: '5' }),
        on(4, { top: '3' }),
        on(5, { __return__: '3' }, { kind: 'return' }),
      ),
    );
    expect(renderInline(trace, program)).toBe(
      lines(
        'def f(xs):  # (0) xs=[2, 5];',
        '    top = max(xs)  # (1) top=5;',
        '    if top > 3:',
        '        top = 3  # (2) top=3;',
        '    return top  # (3) __return__=3;',
        ...failing(4),
      ),
    );
  });
  test('a test that passed has no comment', () => {
    const trace = traceOf(numbered(on(1, { x: '1' })), { exception: null, exceptionLine: null });
    expect(renderInline(trace, 'x = f()\n')).toBe(lines('x = f()  # (0) x=1;', '', 'assert f(1) == 2'));
  });
  test.each([
    ['a loop head keeps three visits and the last', 4, true, '(0) i=0; (1) i=1; (2) i=2; (3) i=3;'],
    ['a loop head elides what comes between', 6, true, '(0) i=0; (1) i=1; (2) i=2; ...; (5) i=5;'],
    ['another line shows three visits', 3, false, '(0) i=0; (1) i=1; (2) i=2;'],
    ['another line keeps two visits and the last', 4, false, '(0) i=0; (1) i=1; ...; (3) i=3;'],
  ])('%s', (_title, count, isLoop, comment) => {
    const visits = Array.from({ length: count }, (_, i) => (isLoop ? loop : on)(1, { i: String(i) }));
    expect(renderInline(traceOf(numbered(...visits)), 'i\n').split('\n')[0]).toBe(`i  # ${comment}`);
  });
  test('visits that were not recorded count as elided', () => {
    const events = numbered(on(1, { i: '0' }), on(1, { i: '1' }), on(1, { i: '9' })).map((event, index) =>
      index === 2 ? { ...event, step: 9 } : event,
    );
    const trace = traceOf(events, { skipped: [{ unit: 'program', lastLine: 1, count: 7 }], steps: 10 });
    expect(renderInline(trace, 'i\n').split('\n')[0]).toBe('i  # (0) i=0; (1) i=1; ...; (9) i=9;');
  });
  test('where the recording stopped the last visit is unknown, and the call’s result stands under the assert', () => {
    const visits = Array.from({ length: 5 }, (_, i) => on(1, { i: String(i) }));
    const trace = traceOf(numbered(...visits), { truncated: 'events', steps: null, returned: '7' });
    expect(renderInline(trace, 'i\n')).toBe(
      lines(
        'i  # (0) i=0; (1) i=1; ...;',
        '',
        'assert f(1) == 2 \\',
        '    # ...; __return__=7; __exception__=AssertionError();',
      ),
    );
  });
  test('a run that was lost in a recursion says so beside how it ended', () => {
    const trace = traceOf(numbered(on(1, { i: '0' })), { truncated: 'recursion', steps: null, returned: '7' });
    expect(renderInline(trace, 'i\n')).toContain(
      '    # ...; __return__=7; __exception__=AssertionError(); (stopped: recursion limit)\n',
    );
  });
  test('a run that was ended by a limit says so', () => {
    const trace = traceOf([], { truncated: 'time', steps: null, exception: null, exceptionLine: null, returned: null });
    expect(renderInline(trace, 'i\n')).toContain('\\\n    # ...; (stopped: time limit)\n');
  });
  test('the comment of a statement over several lines stands on its last one', () => {
    const trace = traceOf(numbered(on(1, { xs: '[1, 2]' }, { lastLine: 4 })));
    const program = lines('xs = [', '    1,', '    2,', ']  # a list');
    expect(renderInline(trace, program)).toContain('    2,\n]  # a list  # (0) xs=[1, 2];\n');
  });
  test('an assert that has a comment of its own takes the exception on its line', () => {
    const trace = traceOf([], { test: 'assert f(1) == 2  # one' });
    expect(renderInline(trace, 'i\n')).toBe(
      lines('i', '', 'assert f(1) == 2  # one  # (0) __exception__=AssertionError();'),
    );
  });
  test.each(["assert f('# no') == '#'", 'assert f("""#\n\'#""") == "\\"#"', 'x = 1  # one\nassert f(x) == 2'])(
    'a # within a string is no comment of the assert: %s',
    (text) => {
      const trace = traceOf([], { test: text, exceptionLine: text.split('\n').length });
      expect(renderInline(trace, 'i\n')).toBe(
        lines('i', '', `${text} \\`, '    # (0) __exception__=AssertionError();'),
      );
    },
  );
  test('a # in an assert that has a comment too', () => {
    const trace = traceOf([], { test: "assert f('# no') == 2  # it's '#'" });
    expect(renderInline(trace, 'i\n')).toContain("# it's '#'  # (0) __exception__=AssertionError();\n");
  });
  test('in a block of statements the exception stands on the one it left', () => {
    const trace = traceOf([], { test: 'a = f(1)\nassert a == 2\nassert a == 3', exceptionLine: 2 });
    expect(renderInline(trace, 'i\n')).toBe(
      lines('i', '', 'a = f(1)', 'assert a == 2 \\', '    # (0) __exception__=AssertionError();', 'assert a == 3'),
    );
  });
  test('an exception that the test itself catches stands on its except line', () => {
    const caught = on(3, { __exception__: 'KeyError(1)' }, { kind: 'caught', unit: 'test' });
    const trace = traceOf(numbered(caught), {
      test: 'try:\n    f(1)\nexcept KeyError:\n    pass',
      exception: null,
      exceptionLine: null,
    });
    expect(renderInline(trace, 'i\n')).toContain('except KeyError:  # (0) __exception__=KeyError(1);\n    pass\n');
  });
  test('long reprs are cut in the middle', () => {
    const trace = traceOf(numbered(on(1, { s: `'${'a'.repeat(50)}${'b'.repeat(50)}'` })));
    expect(renderInline(trace, 's\n', { reprLength: 20 })).toContain("# (0) s='aaaaaaaa...bbbbbbb';");
  });
});

describe('removing the spans of the inline format', () => {
  test.each([
    ['CRLF and tabs', 'def f(x):\r\n\ty = x\r\n\treturn y\r\n'],
    ['no line break at the end', 'def f(x):\n    return x'],
    ['lone carriage returns', 'def f(x):\r    return x\r'],
    ['other line separators within strings', 's = "\u2028\u000b\u000c"\nt = 1\n'],
    ['nothing', ''],
  ])('gives the program back, byte for byte: %s', (_title, program) => {
    const everywhere = [1, 2, 3].map((line) => on(line, { x: "'# \\\\'" }));
    const rendered = annotateInline(traceOf(numbered(...everywhere)), program);
    expect(rendered.spans.length).toBeGreaterThan(0);
    expect(withoutSpans(rendered)).toBe(program);
  });
});
