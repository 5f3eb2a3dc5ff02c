import { conditioned, rationaleOf } from '../../../core/evaluation/proxy.js';

const rationales = ['a', 'a', 'b', 'b', 'c'].map((problemId, at) => ({
  taskId: `${problemId}#${at}`,
  index: 0,
  problemId,
  text: `about ${problemId}`,
}));

describe('what a proxy is shown', () => {
  it('is an empty rationale, or one of another problem for every one, the same for the same seed', () => {
    expect(conditioned(rationales, 'empty', '1').every(({ text }) => text === '')).toBe(true);
    const shuffled = conditioned(rationales, 'shuffled', '1');
    for (const { problemId, text } of shuffled) expect(text).not.toBe(`about ${problemId}`);
    expect(conditioned(rationales, 'shuffled', '1')).toEqual(shuffled);
  });

  it('needs a second problem to shuffle', () => {
    expect(() => conditioned(rationales.slice(0, 2), 'shuffled', '1')).toThrow(RangeError);
  });

  it('never holds the fix', () => {
    expect(rationaleOf('It is off by one.\n\n```python\nfix\n```\nmore')).toBe('It is off by one.');
    expect(rationaleOf('```python\nfix\n```')).toBe('');
  });
});
