/** How often a text is cut again; each time it loses a tenth at least. */
const ATTEMPTS = 40;

/**
 * The longest text of a renderer that fits in `maxTokens`, by a count that only the served model knows; where none fits,
 * its shortest. A token is at least a byte, so most texts need no count.
 */
export const fitToTokens = async (
  render: (maxChars: number) => string,
  maxTokens: number,
  count: (text: string) => Promise<number>,
): Promise<string> => {
  let text = render(Number.POSITIVE_INFINITY);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (Buffer.byteLength(text) <= maxTokens) return text;
    const tokens = await count(text);
    if (tokens <= maxTokens) return text;
    const shorter = render(Math.floor(text.length * Math.min(0.9, maxTokens / tokens)));
    if (shorter.length >= text.length) return shorter;
    text = shorter;
  }
  return text;
};
