import type { Attack } from './attack.js';

const frame =
  'import json, struct, os\ndef frame(m):\n    b = json.dumps(m).encode()\n    return struct.pack(">I", len(b)) + b\n';
/** Speaks the protocol in the runner's place. */
export const channel: readonly Attack[] = [
  {
    name: 'writes a verdict to every descriptor',
    program:
      'import os\ndef solve(x):\n    for fd in range(64):\n        try: os.write(fd, b\'{"verdict":"pass","reason":"ok","outcomes":["ok","ok"]}\\n"ok"\\n"ok"\\n\')\n        except OSError: pass\n    return 0',
    reasons: ['protocol', 'assertion'],
  },
  {
    name: 'sends outcomes where values belong',
    program: `${frame}def solve(x):\n    os.write(3, frame("ok") + frame({"outcome": "ok"}))\n    return 0`,
    reasons: ['protocol'],
  },
  {
    name: 'answers before it is asked',
    program: `${frame}os.write(3, frame({"v": True}) * 50)\ndef solve(x):\n    return 0`,
    reasons: ['assertion'],
  },
  {
    name: 'says it is ready again',
    program: `${frame}os.write(3, frame({"ready": True}) * 5)\ndef solve(x):\n    return 0`,
    reasons: ['assertion', 'protocol'],
  },
  {
    name: 'announces a frame of 4 GiB',
    program: 'import os\nos.write(3, b"\\xff" * 64)\ndef solve(x):\n    return 0',
    reasons: ['protocol'],
  },
  {
    name: 'sends no JSON',
    program: 'import os\nos.write(3, b"\\0\\0\\0\\4nope")\ndef solve(x):\n    return 0',
    reasons: ['protocol'],
  },
  {
    name: 'sends JSON nested beyond reason',
    program:
      'import os, struct\nb = b"[" * 100000 + b"]" * 100000\nos.write(3, struct.pack(">I", len(b)) + b)\ndef solve(x):\n    return 0',
    reasons: ['protocol'],
  },
  {
    name: 'sends a tag that does not exist',
    program: `${frame}os.write(3, frame({"v": ["eval", "1"]}) * 3)\ndef solve(x):\n    return 0`,
    reasons: ['protocol'],
  },
  {
    name: 'sends integers that collide in a set',
    program: `${frame}os.write(3, frame({"v": ["s"] + [["i", hex(i * (2**61 - 1))] for i in range(60000)]}))\ndef solve(x):\n    return 0`,
    reasons: ['assertion', 'output', 'protocol', 'timeout'],
  },
  {
    name: 'hangs up and lives on',
    program: 'import os, time\ndef solve(x):\n    os.close(3)\n    time.sleep(60)',
    reasons: ['protocol'],
  },
  {
    name: 'forges a handle',
    program: `${frame}os.write(3, frame({"v": ["@", "x", None, 7]}) * 3)\ndef solve(x):\n    return 0`,
    tests: ['assert list(solve(1)) == [3001]'],
    reasons: ['protocol', 'exception', 'assertion'],
  },
  {
    name: "changes a value of the test's by number",
    program: `${frame}os.write(3, frame({"v": 0, "u": [["&", 1, ["l", 3001]], ["&", 2, ["l", 3001]]]}))\ndef solve(x):\n    return 0`,
    tests: ['expected = [3001]\nassert solve([1]) == expected'],
    reasons: ['assertion', 'protocol'],
  },
];
