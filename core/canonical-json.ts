/**
 * Canonical JSON after RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, ECMAScript's number form.
 * Keys whose value is undefined are left out.
 * @throws TypeError for what JSON cannot carry: NaN, infinities, functions, big integers, lone surrogates.
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value as Record<string, unknown>);
  throw new TypeError(`canonical JSON cannot carry a ${typeof value}`);
};

const canonicalString = (text: string): string => {
  if (!text.isWellFormed()) throw new TypeError('canonical JSON cannot carry a lone surrogate (RFC 8785, 3.2.2.2)');
  return JSON.stringify(text);
};

const canonicalNumber = (number: number): string => {
  if (!Number.isFinite(number)) throw new TypeError(`canonical JSON cannot carry ${number}`);
  return JSON.stringify(number);
};

const canonicalObject = (object: Record<string, unknown>): string => {
  const entries = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((key) => `${canonicalString(key)}:${canonicalJson(object[key])}`);
  return `{${entries.join(',')}}`;
};
