/** Cuts a repr in the middle: `[1, 2, ...8, 9]`. Never splits a surrogate pair. */
export const cutRepr = (text: string, length: number): string => {
  if (text.length <= length) return text;
  const room = Math.max(0, length - 3);
  const tail = Math.floor(room / 2);
  const head = text.slice(0, room - tail).replace(/[\uD800-\uDBFF]$/, '');
  return `${head}...${text.slice(text.length - tail).replace(/^[\uDC00-\uDFFF]/, '')}`;
};

/** A step's changes as `name=repr;`, separated by spaces. */
export const changesText = (changes: readonly (readonly [string, string])[], reprLength: number): string =>
  changes.map(([name, repr]) => `${name}=${cutRepr(repr, reprLength)};`).join(' ');
