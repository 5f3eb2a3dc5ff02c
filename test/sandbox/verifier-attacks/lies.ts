import type { Attack } from './attack.js';

const lie =
  '    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = None\n';
/** Values that lie about what they are or equal. */
export const lies: readonly Attack[] = [
  {
    name: 'returns an object equal to everything',
    program: `class L:\n${lie}def solve(x):\n    return L()`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'returns an int that lies',
    program: `class L(int):\n${lie}def solve(x):\n    return L(3)`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'returns a list that lies',
    program: `class L(list):\n${lie}def solve(x):\n    return L()`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'returns a named tuple that lies',
    program: `from collections import namedtuple\nclass L(namedtuple('L', 'a')):\n${lie}def solve(x):\n    return L(1)`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'returns a Counter that lies',
    program: `from collections import Counter\nclass L(Counter):\n${lie}def solve(x):\n    return L()`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'claims to be an int',
    program: `class L:\n    __class__ = property(lambda self: int)\n${lie}def solve(x):\n    return L()`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'hides a lie in a list',
    program: `class L:\n${lie}def solve(x):\n    return [L()]`,
    tests: ['assert solve(1) == [3001]'],
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'lies to arithmetic',
    program: 'class L:\n    def __sub__(self, other): return 0.0\ndef solve(x):\n    return L()',
    tests: ['assert abs(solve(1) - 3.25) < 1e-6'],
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'lies to a comparison',
    program:
      'class L:\n    def __gt__(self, other): return True\n    def __lt__(self, other): return True\ndef solve(x):\n    return L()',
    tests: ['assert 3000 < solve(1)'],
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'lies by a method',
    program: 'class L:\n    def startswith(self, text): return True\ndef solve(x):\n    return L()',
    tests: ['assert solve(1).startswith("ab")'],
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'lies about membership',
    program: 'class L:\n    def __contains__(self, item): return True\ndef solve(x):\n    return L()',
    tests: ['assert 3001 in solve(1)'],
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'has an iterator that lies',
    program: `class L:\n${lie}    def __iter__(self): return self\n    def __next__(self): raise StopIteration\ndef solve(x):\n    return L()`,
    tests: ['assert solve(1) == [1]', 'assert list(solve(1)) == [1]'],
    reasons: ['assertion'],
  },
  {
    name: 'raises an error that lies',
    program: 'class E(ValueError):\n    def __eq__(self, other): return True\ndef solve(x):\n    raise E()',
    tests: ['try:\n    r = solve(1)\nexcept KeyError:\n    r = 3001\nassert r == 3001'],
    reasons: ['exception'],
  },
];
