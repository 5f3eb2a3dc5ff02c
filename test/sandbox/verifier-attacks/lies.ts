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
    control: { where: 'inside', judge: 'assert solve(1) == [1]' },
  },
  {
    name: 'raises an error that lies',
    program: 'class E(ValueError):\n    def __eq__(self, other): return True\ndef solve(x):\n    raise E()',
    tests: ['try:\n    r = solve(1)\nexcept KeyError:\n    r = 3001\nassert r == 3001'],
    reasons: ['exception'],
    control: {
      where: 'inside',
      judge: 'try:\n    solve(1)\nexcept Exception as error:\n    expected = error == KeyError()\nassert expected',
    },
  },
  {
    name: 'returns a class that lies',
    program: `class M(type):\n${lie.replace('__hash__ = None', '__hash__ = type.__hash__')}class L(metaclass=M): pass\ndef solve(x):\n    return L`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'is what is expected once it is pickled',
    program:
      'class L:\n    def __reduce__(self): return int, (b"3001",)\n    def __reduce_ex__(self, version): return self.__reduce__()\ndef solve(x):\n    return L()',
    reasons: ['assertion'],
    control: { where: 'inside', judge: 'import pickle\nassert pickle.loads(pickle.dumps(solve(1))) == 3001' },
  },
  {
    name: 'is what is expected once it is copied',
    program:
      'class L:\n    def __deepcopy__(self, memo): return 3001\n    __copy__ = lambda self: 3001\ndef solve(x):\n    return [L()]',
    tests: ['import copy\nassert copy.deepcopy(solve(1)) == [3001]'],
    reasons: ['assertion', 'exception'],
    beatsScript: true,
  },
  {
    name: 'ends what runs through its calls',
    program: 'def solve(x):\n    raise StopIteration',
    tests: ['assert all(map(lambda case: solve(case) == 3000 + case, [1, 2]))'],
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'ends what runs through its calls by an error of its own',
    program: 'class E(StopIteration): pass\ndef solve(x):\n    raise E',
    tests: ['assert list(map(solve, [])) == list(map(solve, [1]))'],
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'ends the process that tells its error',
    program: 'import os\nclass E(Exception):\n    def __str__(self): os._exit(0)\ndef solve(x):\n    raise E',
    reasons: ['protocol'],
    beatsScript: true,
  },
  {
    name: 'raises an error of endless text',
    program: 'def solve(x):\n    raise ValueError("x" * 50_000_000)',
    reasons: ['exception'],
    control: {
      where: 'inside',
      judge: 'try:\n    solve(1)\nexcept ValueError as error:\n    told = len(str(error))\nassert told == 50_000_000',
    },
  },
  {
    name: 'yields without end',
    program: 'import itertools\ndef solve(x):\n    return itertools.repeat(3001)',
    tests: ['assert 3002 in solve(1)'],
    reasons: ['timeout'],
    control: {
      where: 'inside',
      judge: 'taken = 0\nfor _ in solve(1):\n    taken += 1\n    if taken > 1_000_000: break\nassert taken > 1_000_000',
    },
  },
];
