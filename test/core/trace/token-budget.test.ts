import { describe, expect, test } from '@jest/globals';
import { fitToTokens } from '../../../core/trace/token-budget.js';

/** Counts four characters as a token, and how often it was asked. */
const counter = () => {
  const asked: string[] = [];
  const count = (text: string): Promise<number> => {
    asked.push(text);
    return Promise.resolve(Math.ceil(text.length / 4));
  };
  return { asked, count };
};
const textOf = (length: number) => (maxChars: number) => 'x'.repeat(Math.max(40, Math.min(length, maxChars)));

describe('a budget in tokens', () => {
  test('asks nothing about a text that has fewer bytes than the budget has tokens', async () => {
    const { asked, count } = counter();
    expect(await fitToTokens(textOf(100), 100, count)).toHaveLength(100);
    expect(asked).toEqual([]);
  });
  test('leaves a text that fits as it is', async () => {
    const { asked, count } = counter();
    expect(await fitToTokens(textOf(400), 100, count)).toHaveLength(400);
    expect(asked).toHaveLength(1);
  });
  test('cuts a longer one until it fits, and not much further', async () => {
    const { count } = counter();
    const text = await fitToTokens(textOf(4000), 100, count);
    expect(text.length).toBeLessThanOrEqual(400);
    expect(text.length).toBeGreaterThan(300);
  });
  test('gives the shortest text where none fits', async () => {
    const { count } = counter();
    expect(await fitToTokens(textOf(4000), 5, count)).toHaveLength(40);
  });
});
