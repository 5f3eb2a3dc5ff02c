import { flakyByTask, flakyWords } from '../../../core/verdict/flaky.js';

describe('verdicts that flipped', () => {
  it('are counted by task, and others are not', () => {
    const rows = (['flaky', 'ok', 'assertion', 'flaky'] as const).map((reason) => ({ taskId: 'a', reason }));
    expect(flakyByTask([...rows, { taskId: 'b', reason: 'flaky' }, { taskId: 'c', reason: 'timeout' }])).toEqual({
      a: 2,
      b: 1,
    });
  });

  it('are named in words, the first tasks by id', () => {
    expect(flakyWords({ b: 1, a: 2 })).toBe('a (2), b (1)');
    expect(flakyWords({ c: 1, b: 1, a: 2 }, 2)).toBe('a (2), b (1), and 1 more');
    expect(flakyWords({})).toBe('');
  });
});
