import { diffMarkup } from '../../report/diff.js';

it('marks what went with a minus and what came with a plus', () => {
  expect(diffMarkup('a\nb\nc\n', 'a\nx\nc').text).toBe(
    '<pre class="diff"><code>  a\n<del>- b</del>\n<ins>+ x</ins>\n  c\n</code></pre>\n',
  );
});

it('marks nothing where line ends alone differ', () => {
  expect(diffMarkup('a\r\nb\r\n', 'a\nb').text).not.toMatch(/<ins|<del/);
});

it('escapes both programs', () => {
  expect(diffMarkup('<a>\n', '<b>\n').text).toContain('<del>- &lt;a&gt;</del>\n<ins>+ &lt;b&gt;</ins>');
});
