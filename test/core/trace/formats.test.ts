import { describe, expect, test } from '@jest/globals';
import { annotateTrace, renderTrace } from '../../../core/trace/index.js';
import { withoutSpans } from '../../../core/trace/spans.js';
import { loop, numbered, on, traceOf } from './builders.js';

const program = 'def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\n';
const turns = Array.from({ length: 20 }, (_, i) => [loop(3, { i: String(i) }), on(4, { t: `${i}000000000` })]);
const trace = traceOf(
  numbered(
    on(1, { n: '20' }, { kind: 'arguments' }),
    on(2, { t: '0' }),
    ...turns.flat(),
    on(5, { __return__: '19' }, { kind: 'return' }),
  ),
);

describe('the formats', () => {
  test('none is the program alone', () => {
    expect(annotateTrace('none', trace, program)).toEqual({ text: program, spans: [] });
  });
  test('a refused trace is the program alone, in any format', () => {
    expect(renderTrace('inline', { ...trace, refused: 'no' }, program)).toBe(program);
  });
  test('compact has a line a step, with what changed', () => {
    expect(renderTrace('compact', trace, program, { firstSteps: 2, lastSteps: 1 })).toBe(
      [
        `${program}`,
        'assert f(1) == 2',
        '# (0) line 1: n=20;',
        '# (1) line 2: t=0;',
        '# ...;',
        '# (42) line 5: __return__=19;',
        '# (43) __exception__=AssertionError();',
        '',
      ].join('\n'),
    );
  });
  test('scratchpad has the line and the whole state after each step, each call with its own', () => {
    const inner = traceOf(
      numbered(
        on(1, { n: '2' }, { kind: 'arguments' }),
        on(1, { n: '1' }, { kind: 'arguments', call: 1 }),
        on(5, { __return__: '0' }, { kind: 'return', call: 1 }),
        on(2, { t: '7' }),
      ),
    );
    expect(renderTrace('scratchpad', inner, program)).toContain(
      [
        '# (1) def f(n):',
        '#     n=1;',
        '# (2) return t',
        '#     n=1; __return__=0;',
        '# (3) t = 0',
        '#     n=2; t=7;',
      ].join('\n'),
    );
  });
});

describe('the budget', () => {
  const full = renderTrace('inline', trace, program);
  test('a text within it stays as it is', () => {
    expect(renderTrace('inline', trace, program, { maxChars: full.length })).toBe(full);
  });
  test('visits are elided first, and marked', () => {
    const fewer = renderTrace('inline', trace, program, { maxChars: full.length - 1 });
    expect(fewer).toContain('# (2) i=0; (4) i=1; ...; (40) i=19;');
    expect(fewer).toContain('t=19000000000;');
  });
  test('reprs are cut next', () => {
    const long = traceOf(numbered(on(1, { n: `'${'x'.repeat(90)}'` }, { kind: 'arguments' })));
    const cut = renderTrace('inline', long, program, { maxChars: renderTrace('inline', long, program).length - 60 });
    expect(cut).toMatch(/# \(0\) n='x+\.\.\.x+';/);
  });
  test('comments are dropped last, the least telling first, and each leaves a mark', () => {
    const least = renderTrace('inline', trace, program, { maxChars: 230 });
    expect(least).toContain('def f(n):  # (0) n=20;');
    expect(least).toContain('    t = 0  # ...;');
    expect(least.length).toBeLessThan(full.length);
  });
  test.each(['inline', 'compact', 'scratchpad'] as const)(
    '%s keeps the program whole under the smallest one',
    (format) => {
      const rendered = annotateTrace(format, trace, program, { maxChars: 1 });
      expect(withoutSpans(rendered)).toBe(program);
      expect(rendered.text.length).toBeLessThan(annotateTrace(format, trace, program).text.length);
    },
  );
});
