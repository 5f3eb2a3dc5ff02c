import { html, type Markup } from './html.js';

type Cell = Markup | string;

export interface Table {
  caption: Cell;
  /** The first column names its row; the others hold figures, but for those listed in `textColumns`. */
  header: readonly string[];
  rows: readonly (readonly Cell[])[];
  textColumns?: readonly number[];
}

/** A table with its caption; wide ones scroll in a box of their own, which a keyboard can reach. */
export const table = ({ caption, header, rows, textColumns = [] }: Table): Markup => {
  const cell = (content: Cell, at: number): Markup => {
    if (at === 0) return html`<th scope="row">${content}</th>`;
    return textColumns.includes(at) ? html`<td class="text">${content}</td>` : html`<td>${content}</td>`;
  };
  const heading = (name: string, at: number): Markup =>
    textColumns.includes(at) ? html`<th scope="col" class="text">${name}</th>` : html`<th scope="col">${name}</th>`;
  return html`<div class="scroll" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${header.map(heading)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>
`;
};

/** Names and values that are no table: a list of definitions. */
export const facts = (rows: readonly (readonly [string, Cell | undefined])[]): Markup =>
  html`<dl>
${rows.flatMap(([name, value]) => (value === undefined ? [] : [html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`]))}</dl>
`;
