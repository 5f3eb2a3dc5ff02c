import { withUnseenWrittenOut } from '../core/unseen.js';

/** Text that is markup already. Only `html` and `trusted` make it; everything else is escaped on its way in. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | undefined | readonly Part[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for an element's content or a quoted attribute; unseen characters are written out. */
export const escapeHtml = (text: string): string =>
  withUnseenWrittenOut(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);

const render = (part: Part): string => {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escapeHtml(String(part));
};

/** Markup from a template: what stands in it is kept, what is put into it is escaped. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Markup =>
  new Markup(strings.map((string, at) => string + render(parts[at])).join(''));

/** Takes text for markup as it is: only for what this package wrote itself, a style sheet or a chart. */
export const trusted = (text: string): Markup => new Markup(text);
