import type { Attack } from './attack.js';

const search = `
def hunt(objects):
    for o in objects:
        if type(o) is int and 3000 < o < 3010: return o
        if type(o) in (tuple, list) and o is not objects:
            for p in o:
                if type(p) is int and 3000 < p < 3010: return p
`;
/** Looks for what is expected where it runs. */
export const reads: readonly Attack[] = [
  {
    name: 'searches its callers for the expected value',
    program: `import sys\n${search}\ndef solve(x):\n    f = sys._getframe()\n    while f:\n        r = hunt([c for c in f.f_code.co_consts]) or hunt(list(f.f_locals.values()))\n        if r: return 3000 + x\n        f = f.f_back`,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'searches the heap for the expected value',
    program:
      'import gc\ndef solve(x):\n    for o in gc.get_objects():\n        if type(o) in (list, tuple, dict) and id(o) != id(solve.__code__.co_consts):\n            for v in (o.values() if type(o) is dict else o):\n                if type(v) is int and 3000 < v < 3010 and v % 1000 == x: return v',
    reasons: ['assertion', 'exception', 'timeout'],
    control: { where: 'inside', judge: 'expected = [[3001]]\nassert solve(1) == expected[0][0]' },
  },
  {
    name: 'reads the test from the command line',
    program:
      'import sys, re\ndef solve(x):\n    t = open("/proc/self/cmdline").read() + " ".join(sys.orig_argv)\n    return 3000 + x if "3001" in t else 0',
    reasons: ['exception', 'assertion'],
    beatsScript: true,
  },
  {
    name: "reads the judge's memory",
    program:
      'import os\ndef solve(x):\n    for p in os.listdir("/proc"):\n        if p.isdigit() and int(p) != os.getpid():\n            return 3000 + x',
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'reads calls that are still to come',
    program:
      'import os\ndef solve(x):\n    data = os.read(3, 65536)\n    return 3000 + x if b"3001" in data or b"3002" in data else 0',
    reasons: ['assertion', 'exception', 'protocol', 'timeout'],
    control: {
      where: 'inside',
      judge:
        'import os\nours, theirs = os.pipe()\nos.dup2(ours, 3)\nos.write(theirs, b"assert solve(1) == 3001")\nassert solve(1) == 3001',
    },
  },
  {
    name: "reads the judge's source for a way in",
    program:
      'import sys\nfrom nextune_jail import run\ndef solve(x):\n    run._compare = lambda *a: "ok"\n    return 0',
    reasons: ['assertion', 'exception'],
    control: {
      where: 'inside',
      judge: 'solve(1)\nfrom nextune_jail import run\nassert run._compare({"v": 0}, 3001) == "ok"',
    },
  },
];
