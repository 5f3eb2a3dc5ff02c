import { describe, expect, test } from '@jest/globals';
import { isColoured } from '../../../client/cli/coloured-trace.js';
import { countedLine } from '../../../client/cli/counted-progress.js';

describe('a line of progress', () => {
  test('says how far, how fast and how long still', () => {
    expect(countedLine({ done: 50, known: 0, total: 150, unit: 'tasks' }, 5000)).toBe('50/150 tasks, 10/s, 10s left');
  });
  test('does not take what was known before for speed', () => {
    expect(countedLine({ done: 50, known: 40, total: 60, unit: 'tasks' }, 5000)).toBe('50/60 tasks, 2.0/s, 5s left');
    expect(countedLine({ done: 50, known: 50, total: 60, unit: 'tasks' }, 5000)).toBe('50/60 tasks, 0.0/s');
  });
});

describe('colour', () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
  ])('on a terminal (%p) with %p: %p', (isTTY, env, expected) => {
    expect(isColoured({ isTTY }, env)).toBe(expected);
  });
});
