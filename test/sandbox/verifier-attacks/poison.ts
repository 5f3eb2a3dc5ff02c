import type { Attack } from './attack.js';

/** Changes what tests and runner rely on. */
export const poison: readonly Attack[] = [
  {
    name: 'replaces abs',
    program: 'import builtins\nabs = builtins.abs = lambda x: 0\ndef solve(x):\n    return 0.0',
    tests: ['assert abs(solve(1) - 3.25) < 1e-6'],
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'replaces set',
    program: 'import builtins\nset = builtins.set = lambda x: {1, 2}\ndef solve(x):\n    return []',
    tests: ['assert set(solve(1)) == {1, 2}'],
    reasons: ['assertion', 'exception'],
    beatsScript: true,
  },
  {
    name: 'is its own math module',
    program: 'class math:\n    isclose = staticmethod(lambda *a, **k: True)\ndef solve(x):\n    return 0.0',
    tests: ['assert math.isclose(solve(1), 3.25)'],
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'patches the math module',
    program: 'import math\nmath.isclose = lambda *a, **k: True\ndef solve(x):\n    return 0.0',
    setup: 'import math',
    tests: ['assert math.isclose(solve(1), 3.25)'],
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'replaces AssertionError',
    program:
      'import builtins, sys\nclass A(BaseException): pass\nbuiltins.AssertionError = A\ndef solve(x):\n    return 0',
    reasons: ['assertion'],
    control: {
      where: 'inside',
      judge:
        'missed = False\ntry:\n    try:\n        assert solve(1) == 3001\n    except AssertionError:\n        pass\nexcept Exception:\n    missed = True\nassert missed',
    },
  },
  {
    name: 'patches json',
    program:
      'import json\njson.JSONEncoder.encode = json.dumps = lambda *a, **k: \'{"v": true}\'\njson.loads = lambda *a: True\ndef solve(x):\n    return 0',
    reasons: ['assertion'],
    control: { where: 'inside', judge: 'assert json.loads("false") is True' },
  },
  {
    name: 'patches the encoder',
    program:
      'import sys\nfor m in list(sys.modules.values()):\n    if hasattr(m, "Encoder"): m.Encoder.encode = lambda self, v, depth=0: True\ndef solve(x):\n    return 0',
    reasons: ['assertion'],
    control: { where: 'inside', judge: 'assert encode.Encoder().encode(0) is True' },
  },
  {
    name: 'makes the expected int another',
    program: 'import ctypes\nctypes.c_uint32.from_address(id(201) + 24).value = 200\ndef solve(x):\n    return 199 + x',
    tests: ['assert solve(1) == 201'],
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'traces its callers',
    program:
      'import sys\ndef t(f, e, a):\n    if "answer" in f.f_locals: f.f_locals["answer"] = {"v": True}\n    return t\nsys.settrace(t)\ndef solve(x):\n    return 0',
    reasons: ['assertion', 'exception'],
    control: {
      where: 'inside',
      judge: 'def judge():\n    answer = 0\n    solve(1)\n    return answer\nassert judge() == {"v": True}',
    },
  },
  {
    name: "raises the test's own error",
    program: 'def solve(x):\n    raise AssertionError("passed")',
    tests: ['try:\n    assert solve(1) == 3001\nexcept TypeError:\n    pass'],
    reasons: ['exception'],
    control: {
      where: 'inside',
      judge:
        'try:\n    assert solve(1) == 3001\nexcept AssertionError as error:\n    told = str(error)\nassert told == "passed"',
    },
  },
  {
    name: 'answers every exception with silence',
    program: 'import os\ndef solve(x):\n    os._exit(0)',
    tests: ['try:\n    assert solve(1) == 3001\nexcept BaseException:\n    pass'],
    reasons: ['protocol'],
    beatsScript: true,
  },
];
