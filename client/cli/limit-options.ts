import { InvalidArgumentError } from 'commander';

/** A whole number above 0, as an option's value. */
export const wholeNumber = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It has to be a whole number above 0.');
};

/** A limit above 0, or `none` (null), which takes it away. */
export const limitOf =
  (read: (text: string) => number) =>
  (text: string): number | null => {
    if (text === 'none') return null;
    const value = read(text);
    if (value > 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError('It has to be a number above 0, or none.');
  };
