/** A Python literal read from the beginning of a text: its canonical form, and how many characters it took. */
export interface ReadLiteral {
  canonical: string;
  length: number;
}

const numberPattern = /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d+)(?:[eE][-+]?\d+)?/;
const wordPattern = /^(?:True|False|None)\b/;
const stringPattern = /^(['"])((?:\\.|(?!\1)[^\\\n])*)\1/;

/** Equal numbers are equal whether written 3 or 3.0: a rationale is prose. Whole numbers beyond 2^53 keep their digits. */
const canonicalNumber = (text: string): string => {
  const plain = text.replace(/_/g, '').replace(/^\+/, '');
  return /^-?\d{16,}$/.test(plain) ? plain : String(Number(plain));
};

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\n': '' };
const unescaped = (body: string): string =>
  body.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);

const scalar = (text: string): ReadLiteral | undefined => {
  const word = wordPattern.exec(text)?.[0];
  if (word) return { canonical: word, length: word.length };
  const string = stringPattern.exec(text);
  if (string) return { canonical: JSON.stringify(unescaped(string[2] ?? '')), length: string[0].length };
  const number = numberPattern.exec(text)?.[0];
  if (!number || /^[\w]/.test(text.slice(number.length))) return undefined;
  // A full stop that ends the sentence is none of the number's.
  const kept = /\.$/.test(number) ? number.slice(0, -1) : number;
  return { canonical: canonicalNumber(kept), length: kept.length };
};

const closers: Record<string, string> = { '[': ']', '(': ')', '{': '}' };
const spaces = (text: string): number => /^\s*/.exec(text)?.[0].length ?? 0;

interface Items {
  items: string[];
  pairs: boolean;
  /** A comma stood after the last item: what makes a tuple of one. */
  comma: boolean;
  length: number;
}

const readItems = (text: string, closer: string): Items | undefined => {
  const items: string[] = [];
  let pairs = false;
  let comma = true;
  let at = 1 + spaces(text.slice(1));
  while (text[at] !== closer) {
    const item = comma ? readLiteral(text.slice(at)) : undefined;
    if (!item) return undefined;
    at += item.length + spaces(text.slice(at + item.length));
    let entry = item.canonical;
    if (text[at] === ':' && closer === '}') {
      const from = at + 1 + spaces(text.slice(at + 1));
      const value = readLiteral(text.slice(from));
      if (!value) return undefined;
      pairs = true;
      entry = `${entry}:${value.canonical}`;
      at = from + value.length + spaces(text.slice(from + value.length));
    }
    items.push(entry);
    comma = text[at] === ',';
    if (comma) at += 1 + spaces(text.slice(at + 1));
  }
  return { items, pairs, comma: comma && items.length > 0, length: at + 1 };
};

const collection = (text: string): ReadLiteral | undefined => {
  const opener = text[0] ?? '';
  const closer = closers[opener];
  const read = closer === undefined ? undefined : readItems(text, closer);
  if (!read || closer === undefined) return undefined;
  const { items, length, pairs, comma } = read;
  if (opener === '(' && items.length === 1 && !comma) return { canonical: items[0] ?? '', length };
  // Sets and dictionaries compare without order.
  const ordered = opener === '{' ? [...items].sort() : items;
  const kind = opener === '{' && !pairs && items.length > 0 ? 'set' : '';
  return { canonical: `${kind}${opener}${ordered.join(',')}${closer}`, length };
};

/** Reads a number, string, True, False, None, or a list, tuple, set or dictionary of them. Undefined for anything else. */
export const readLiteral = (text: string): ReadLiteral | undefined => collection(text) ?? scalar(text);

/** The canonical form of a text that is one literal and nothing more. */
export const canonicalLiteral = (text: string): string | undefined => {
  const trimmed = text.trim();
  const read = readLiteral(trimmed);
  return read?.length === trimmed.length ? read.canonical : undefined;
};
