import { InvalidArgumentError } from 'commander';

/** A share in percent with one decimal. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** Points of percent with their sign. */
export const points = (share: number): string => `${share < 0 ? '' : '+'}${percent(share)}`;

export const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Use a whole number of 1 or more.');
  return Number(text);
};

export const wholeNumbers = (text: string): number[] => text.split(',').map((one) => wholeNumber(one.trim()));

export const seedOf = (text: string): string => {
  if (!/^\d{1,20}$/.test(text)) throw new InvalidArgumentError('Use a whole number of at most 20 digits.');
  return text;
};

/** Aligned columns, a line a row. */
export const columns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
