import { InvalidArgumentError } from 'commander';
import type { BudgetArgs } from '../../contract/control.js';

/** A whole number above 0, as an option's value. */
export const wholeNumber = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It has to be a whole number above 0.');
};

/** A limit, or the word that takes it away. A null would do, but commander makes an empty text of one. */
export type Limit = number | 'none';

/** A limit above 0, or `none`. */
export const limitOf =
  (read: (text: string) => number) =>
  (text: string): Limit => {
    if (text === 'none') return text;
    const value = read(text);
    if (value > 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError('It has to be a number above 0, or none.');
  };

export interface BudgetOptions {
  tokens?: Limit;
  usd?: Limit;
  hours?: Limit;
}

const microUsd = 1_000_000;

/** What `nextune budget` asks for by its options. */
export const budgetWish = ({ tokens, usd, hours }: BudgetOptions): BudgetArgs => ({
  ...(tokens !== undefined && { tokens: tokens === 'none' ? null : tokens }),
  ...(usd !== undefined && { costMicroUsd: usd === 'none' ? null : Math.round(usd * microUsd) }),
  ...(hours !== undefined && { hours: hours === 'none' ? null : hours }),
});
