import { escapeHtml, html } from '../../report/html.js';

describe('text put into markup', () => {
  it.each([
    ['</script><script>alert(1)</script>', '&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`" onload='x' &amp;`, '&quot; onload=&#39;x&#39; &amp;amp;'],
    ['<!-- --> ]]>', '&lt;!-- --&gt; ]]&gt;'],
  ])('is escaped: %s', (text, escaped) => {
    expect(html`<p>${text}</p>`.text).toBe(`<p>${escaped}</p>`);
  });

  it.each([
    ['a terminal escape', '\u001b[2J', '\\u{001b}[2J'],
    ['a null', 'a\u0000b', 'a\\u{0000}b'],
    ['half a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
    ['a turn of direction', 'a\u202eb', 'a\\u{202e}b'],
    ['a space of no width', 'a\u200bb', 'a\\u{200b}b'],
    ['a lone carriage return', 'a\rb', 'a\\u{000d}b'],
  ])('writes out what nobody would see: %s', (_, text, shown) => {
    expect(escapeHtml(text)).toBe(shown);
  });

  it('keeps line ends, tabs, and letters of every script', () => {
    expect(escapeHtml('a\r\n\tb é 漢 😀')).toBe('a\n\tb é 漢 😀');
  });
});

it('keeps markup within markup, in lists too, and leaves out what is undefined', () => {
  const items = ['a', '<b>'].map((one) => html`<li>${one}</li>`);
  expect(html`<ul>${items}${undefined}${0}</ul>`.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li>0</ul>');
});
