import type { Attack } from './attack.js';
import { attempt, succeeded } from './attempt.js';

/** Takes what the machine has: processes, memory, time, room; or has the judge take it. */
export const resources: readonly Attack[] = [
  {
    name: 'forks without end',
    program: 'import os\ndef solve(x):\n    while True:\n        os.fork()',
    tests: succeeded,
    reasons: ['exception'],
    watched: {
      watcher:
        'start(at_the_end=stay)\nwhile len([name for name in os.listdir("/proc") if name.isdigit()]) < 12: time.sleep(0.01)',
      processes: 16,
    },
  },
  {
    name: 'starts threads without end',
    program:
      'import threading, time\ndef solve(x):\n    while True:\n        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()',
    tests: succeeded,
    reasons: ['exception', 'timeout'],
    watched: {
      watcher: 'pid = start(at_the_end=stay)\nwhile len(os.listdir("/proc/%d/task" % pid)) <= 64: time.sleep(0.01)',
      processes: 80,
      addressSpaceBytes: 8 * 1024 * 1024 * 1024,
    },
  },
  {
    name: 'takes twice its memory at once',
    program: 'def solve(x):\n    return len(bytes(1 << 30)) > 0',
    tests: succeeded,
    reasons: ['memory'],
    // Zeros that nobody writes: address space, and no memory.
    lifted: { limits: { memoryBytes: 4 * 1024 * 1024 * 1024 } },
  },
  {
    name: 'takes all memory bit by bit',
    program: 'def solve(x):\n    keep = []\n    while True:\n        keep.append(bytearray(1 << 24))',
    tests: succeeded,
    reasons: ['memory', 'timeout'],
    watched: {
      // The rule at 128 MiB, and lifted to 256: it takes more where it may.
      watcher: `def most(mebibytes):
    room = mebibytes << 20
    _, _, used = os.wait4(start(lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room))), 0)
    return used.ru_maxrss >> 10
assert most(128) <= 128 < most(256)`,
    },
  },
  {
    name: 'writes without end to stdout',
    program: 'def solve(x):\n    while True:\n        print("x" * 10000)',
    tests: succeeded,
    reasons: ['timeout'],
    watched: { watcher: 'os.wait4(start(), 0)', outcome: 'outputLimit' },
  },
  {
    name: 'fills its folder',
    program: attempt(
      'os',
      'with open("/tmp/big", "wb") as f:\n    for _ in range(64):\n        f.write(bytes(1 << 20))',
    ),
    tests: succeeded,
    reasons: ['assertion', 'exception'],
    lifted: {
      patches: [
        ['confine', '_TMPFS_BYTES = 16 *', '_TMPFS_BYTES = 128 *'],
        ['confine', '_FILE_BYTES = 8 *', '_FILE_BYTES = 64 *'],
      ],
    },
  },
  {
    name: 'spins',
    program: 'def solve(x):\n    while True: pass',
    tests: succeeded,
    reasons: ['timeout'],
    lifted: { limits: { cpuMs: 3000 }, outlasts: true },
  },
  {
    name: 'spins and ignores signals',
    program:
      'import signal\nfor s in range(1, 64):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\ndef solve(x):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass',
    tests: succeeded,
    reasons: ['timeout'],
    control: {
      where: 'channel',
      judge: `import time
status = lambda name: open("/proc/%d/status" % pid).read().split(name + ":")[1].split()[0]
while not int(status("SigIgn"), 16) >> 23 & 1: time.sleep(0.01)
for number in (1, 2, 14, 15, 24): os.kill(pid, number)
used = lambda: int(open("/proc/%d/stat" % pid).read().split()[13])
before = used()
while used() < before + 5: time.sleep(0.01)`,
    },
  },
  {
    name: 'returns too much',
    program: 'def solve(x):\n    return [1] * 2_000_000',
    reasons: ['output', 'memory'],
    control: {
      where: 'inside',
      judge: 'encode.MAX_ITEMS = 1 << 60\nassert len(encode.Encoder().encode(solve(1))) > 1_000_000',
    },
  },
  {
    name: 'returns too deep',
    program: 'def solve(x):\n    r = []\n    for _ in range(5000): r = [r]\n    return r',
    reasons: ['output'],
    control: {
      where: 'inside',
      judge:
        'import copy\ntry:\n    copy.deepcopy(solve(1))\nexcept RecursionError:\n    crashed = True\nassert crashed',
    },
  },
  {
    name: 'returns a cycle',
    program: 'def solve(x):\n    r = []\n    r.append(r)\n    return r',
    reasons: ['output'],
    control: {
      where: 'inside',
      judge:
        'import json\ntry:\n    json.JSONEncoder(check_circular=False).encode(solve(1))\nexcept RecursionError:\n    crashed = True\nassert crashed',
    },
  },
  {
    name: 'returns a dict whose keys share one hash',
    program: 'def solve(x):\n    return {n * (2**61 - 1): n for n in range(4000)}',
    reasons: ['output', 'timeout'],
    control: {
      where: 'inside',
      judge:
        'from nextune_jail import decode\ndecode.MAX_WORK = 1 << 60\nassert len(decode.Decoder().decode(encode.Encoder().encode(solve(1)))) == 4000',
    },
  },
];
