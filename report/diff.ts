import { diffLines } from 'diff';
import { html, type Markup } from './html.js';

const withoutCarriageReturns = (program: string): string => `${program.replaceAll('\r\n', '\n').trimEnd()}\n`;

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** Bug and fix line by line: what went is marked with a minus, what came with a plus, so that no colour is needed. */
export const diffMarkup = (bug: string, fix: string): Markup => {
  const pieces = diffLines(withoutCarriageReturns(bug), withoutCarriageReturns(fix));
  const lines = pieces.flatMap(({ value, added, removed }) =>
    linesOf(value).map((line) => {
      if (added) return html`<ins>+ ${line}</ins>\n`;
      return removed ? html`<del>- ${line}</del>\n` : html`  ${line}\n`;
    }),
  );
  return html`<pre class="diff"><code>${lines}</code></pre>
`;
};
