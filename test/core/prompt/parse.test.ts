import { parseCompletion } from '../../../core/prompt/parse.js';
import { renderAnswer } from '../../../core/prompt/template.js';

const fence = '```';

describe('parseCompletion', () => {
  it('splits rationale and program', () => {
    const text = `The sign is wrong.\n\n${fence}python\ndef f():\n    return 1\n${fence}\n`;
    expect(parseCompletion(text)).toEqual({
      ok: true,
      rationale: 'The sign is wrong.',
      program: 'def f():\n    return 1\n',
    });
  });

  it('reads back what the template writes', () => {
    const parsed = parseCompletion(renderAnswer('Why it fails.', 'x = 1\ny = 2\n'));
    expect(parsed).toEqual({ ok: true, rationale: 'Why it fails.', program: 'x = 1\ny = 2\n' });
  });

  it('takes the first program and ignores what follows it', () => {
    const text = `Because.\n${fence}python\na = 1\n${fence}\nAlso:\n${fence}python\nb = 2\n${fence}`;
    expect(parseCompletion(text)).toMatchObject({ ok: true, program: 'a = 1\n' });
  });

  it('keeps CRLF and tabs inside the program', () => {
    const text = `R.\r\n${fence}python\r\nif x:\r\n\ty = 1\r\n${fence}\r\n`;
    expect(parseCompletion(text)).toMatchObject({ ok: true, program: 'if x:\r\n\ty = 1\r\n' });
  });

  it.each([
    ['no fence at all', 'I think the sign is wrong.', 'no-program'],
    ['a fence cut by the token limit', `R.\n${fence}python\ndef f():\n    return`, 'unclosed-program'],
    ['a fence with nothing in it', `R.\n${fence}python\n\n${fence}`, 'empty-program'],
    ['an empty answer', '', 'no-program'],
    ['an inline fence that opens no block', `use ${fence}python f() ${fence} here`, 'no-program'],
  ])('refuses %s', (_, text, reason) => {
    expect(parseCompletion(text)).toEqual({ ok: false, reason });
  });
});
