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

  const inBlocks = (body: string): string =>
    [
      'try:',
      '    match x:',
      '        case 1:',
      '            class A:',
      `                async def f(self):\n                    ${body}`,
      'except E:',
      '    for y in z:\n        pass',
      `    else:\n        def g():\n            ${body}`,
      'finally:',
      `    with a:\n        def h():\n            ${body}`,
    ].join('\n');

  it('strips docstrings in every block a definition can stand in', async () => {
    const [plain, documented] = await createNormaliser().normalise([inBlocks('pass'), inBlocks('"""Doc."""')]);
    expect(plain).toMatch(/^[0-9a-f]{64}$/);
    expect(documented).toBe(plain);
  });

  it('tells apart constants that Python calls equal, and text from names', async () => {
    const programs = ['x = 1', 'x = True', 'x = 1.0', "x = '1'", "x = b'1'", 'x = y', "x = 'y'", 'x = 0.0', 'x = -0.0'];
    expect(new Set(await createNormaliser().normalise(programs)).size).toBe(programs.length);
  });

  it('keeps the order of more programs than one child takes', async () => {
    const programs = Array.from({ length: 3000 }, (_, at) => `x = ${at % 1500}`);
    const digests = await createNormaliser().normalise(programs);
    expect(digests.slice(1500)).toEqual(digests.slice(0, 1500));
    expect(new Set(digests).size).toBe(1500);
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
