import { aCandidate, judgeOne, useVerifier } from './verifier-fixtures.js';

/** Tests that are no plain `f(args) == constant`, each with a program that passes it and one that does not. */
const kinds = [
  { name: 'a set of what comes back', tests: ['assert set(solve([1, 1, 2])) == {1, 2}'], good: 'return x', bad: 'return []' },
  { name: 'isclose, with math from Python', tests: ['assert math.isclose(solve(2), 1.41421356, rel_tol=1e-6)'], good: 'return x ** 0.5', bad: 'return 1.4' },
  { name: 'a tolerance', tests: ['assert abs(solve(1) - 0.333) < 0.001'], good: 'return x / 3', bad: 'return x / 2' },
  { name: 'truth', tests: ['assert solve(2)'], good: 'return x == 2', bad: 'return x == 3' },
  { name: 'a negation', tests: ['assert not solve(3)'], good: 'return x == 2', bad: 'return x == 3' },
  { name: 'an argument that is changed', tests: ['a = [3, 1, 2]\nsolve(a)\nassert a == [1, 2, 3]'], good: 'x.sort()', bad: 'sorted(x)' },
  { name: 'identity of argument and result', tests: ['a = []\nassert solve(a) is a'], good: 'return x', bad: 'return list(x)' },
  { name: 'an exception', tests: ['try:\n    solve(-1)\n    assert False\nexcept ValueError:\n    pass'], good: 'raise ValueError(x)', bad: 'return x' },
  { name: 'an iterator', tests: ['assert list(solve(3)) == [0, 1, 2]'], good: 'return (i for i in range(x))', bad: 'return iter([])' },
  { name: 'computed arguments', tests: ['assert solve([i * i for i in range(4)]) == sum([0, 1, 4, 9])'], good: 'return sum(x)', bad: 'return 0' },
  { name: 'named arguments', tests: ['assert solve(x=4) == 8'], good: 'return 2 * x', bad: 'return x' },
  { name: 'a constant first', tests: ['assert 8 == solve(4)'], good: 'return 2 * x', bad: 'return x' },
  { name: 'a conversion', tests: ['assert int(solve(4)) == 8'], good: 'return 8.5', bad: 'return 7.5' },
]; // biome-ignore format: a table

const asProgram = (body: string): string => `def solve(x):\n    ${body}`;

const classes = `class Box:
    def __init__(self, size):
        self.size = size
        self.next = None
    def double(self):
        return self.size * 2
def solve(box):
    return box.size + (box.next.size if box.next else 0)`;

describe('tests of every shape', () => {
  const verifier = useVerifier();

  it.each(kinds)('$name: the right program passes', async ({ tests, good }) => {
    expect(await judgeOne(verifier.get(), aCandidate(asProgram(good), { tests }))).toMatchObject({ verdict: 'pass' });
  });

  it.each(kinds)('$name: the wrong program fails', async ({ tests, bad }) => {
    const verdict = await judgeOne(verifier.get(), aCandidate(asProgram(bad), { tests }));
    expect(verdict).toMatchObject({ verdict: 'fail', reason: 'assertion' });
  });

  it('setup runs before each test, and its imports reach the program', async () => {
    const setup = 'import math\ncount = [0]';
    const tests = ['count.append(1)\nassert len(count) == 2', 'assert len(count) == 1 and solve(4) == 2'];
    const verdict = await judgeOne(verifier.get(), aCandidate(asProgram('return math.isqrt(x)'), { setup, tests }));
    expect(verdict).toMatchObject({ verdict: 'pass' });
  });

  it('classes that the reference defines can be made, linked and called by a test', async () => {
    const tests = ['a, b = Box(1), Box(2)\na.next = b\nassert solve(a) == 3 and a.double() == 2 and a.next.size == 2'];
    const verdict = await judgeOne(verifier.get(), aCandidate(classes, { tests, reference: classes }));
    expect(verdict).toMatchObject({ verdict: 'pass' });
  });

  it('an object that comes back is the one that came before, by the same way or another', async () => {
    const program = `${classes}\ndef last(box):\n    return box.next`;
    const same = 'a, b = Box(1), Box(2)\na.next = b\nassert a.next is b and a.next == b and last(a) is b';
    const other = 'a, b = Box(1), Box(1)\na.next = b\nassert a.next is a or last(a) == a';
    const task = { tests: [same, other], entryPoint: 'last', reference: program };
    const { tests } = await judgeOne(verifier.get(), aCandidate(program, task));
    expect(tests.map(({ outcome }) => outcome)).toEqual(['ok', 'assertion']);
  });

  it('a test may walk a chain of objects to its end', async () => {
    const test =
      'box, sizes = Box(1), []\nbox.next = Box(2)\nwhile box:\n    sizes.append(box.size)\n    box = box.next\nassert sizes == [1, 2]';
    const verdict = await judgeOne(verifier.get(), aCandidate(classes, { tests: [test], reference: classes }));
    expect(verdict).toMatchObject({ verdict: 'pass' });
  });

  it('hidden tests decide too, and count within their own list', async () => {
    const task = { tests: ['assert solve(1) == 1'], hiddenTests: ['assert solve(2) == 2', 'assert solve(3) == 4'] };
    const verdict = await judgeOne(verifier.get(), aCandidate(asProgram('return x'), task));
    expect(verdict).toMatchObject({ verdict: 'fail', reason: 'assertion' });
    expect(verdict.tests).toEqual([
      { index: 0, hidden: false, outcome: 'ok' },
      { index: 0, hidden: true, outcome: 'ok' },
      { index: 1, hidden: true, outcome: 'assertion' },
    ]);
  });
});
