const code = (character: string): number => character.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const comma = code(',');
const newline = code('\n');
const arrayEnd = code(']');
const opening: ReadonlySet<number> = new Set([code('['), code('{')]);
const closing: ReadonlySet<number> = new Set([arrayEnd, code('}')]);

export const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/**
 * Finds where the items of a JSON array end, byte by byte (RFC 8259; in UTF-8 its punctuation is no part of a longer
 * character). Whether an item is JSON is its reader's to say.
 */
export class ArrayScan {
  /** Of the byte at hand, from 1. */
  line: number;
  /** That the item begins on. */
  begunAt: number;
  /** Nothing but space has come of the item. */
  isBlank = true;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(line: number) {
    this.line = line;
    this.begunAt = line;
  }

  /** What the next byte ends. */
  next(byte: number): 'item' | 'array' | undefined {
    if (byte === newline) this.line += 1;
    if (this.#depth === 0 && !this.#isInString && (byte === comma || byte === arrayEnd))
      return byte === comma ? 'item' : 'array';
    if (this.isBlank && !isSpace(byte)) {
      this.isBlank = false;
      this.begunAt = this.line;
    }
    if (this.#isInString) this.#inString(byte);
    else if (byte === quote) this.#isInString = true;
    else if (opening.has(byte)) this.#depth += 1;
    else if (closing.has(byte)) this.#depth = Math.max(0, this.#depth - 1);
    return undefined;
  }

  startItem(): void {
    this.isBlank = true;
    this.begunAt = this.line;
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#isInString = false;
  }
}
