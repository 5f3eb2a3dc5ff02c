import { createNormaliser } from '../../../adapters/program/normaliser.js';

describe('the normaliser', () => {
  it('names programs by what they do, not by layout, comments or docstrings', async () => {
    const plain = 'def f(a):\n    return a + 1\n';
    const dressed = 'def f( a ):\n    """Doc."""\n    # why\n    return (a+1)\n';
    const other = 'def f(a):\n    return a + 2\n';
    const [first, second, third] = await createNormaliser().normalise([plain, dressed, other]);
    expect(first).toBe(second);
    expect(first).not.toBe(third);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has no name for what does not parse, and goes on with the rest', async () => {
    const deep = `x = ${'('.repeat(100_000)}1${')'.repeat(100_000)}`;
    const nested = `x = ${'-'.repeat(90_000)}1`;
    const digests = await createNormaliser().normalise(['def f(:', deep, nested, 'x = 1', 'a\u0000b', '\ud800']);
    expect(digests.slice(0, 3)).toEqual([null, null, null]);
    expect(digests[3]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests.slice(4)).toEqual([null, null]);
  });
});
