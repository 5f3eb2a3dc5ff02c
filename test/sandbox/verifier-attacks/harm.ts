import type { Attack } from './attack.js';

const succeeded = ['assert solve(1) == True'];
const attempt = (imports: string, body: string): string =>
  `import ${imports}\ndef solve(x):\n    try:\n${body.replace(/^/gm, '        ')}\n        return True\n    except Exception:\n        return False`;
/** Harm to the host or to other candidates; each answers True when it came through. */
export const harm: readonly Attack[] = [
  {
    name: 'opens a TCP socket',
    program: attempt('socket', 'socket.socket()'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'opens a Unix socket',
    program: attempt('socket', 'socket.socket(socket.AF_UNIX)'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'resolves a name',
    program: attempt('socket', 'socket.getaddrinfo("localhost", 80)'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: "reads the host's users",
    program: attempt('os', 'open("/etc/passwd").read()'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'reads a secret of the environment',
    program: 'import os\ndef solve(x):\n    return "NEXTUNE_TEST_SECRET" in os.environ',
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'reads an environment through /proc',
    program: attempt(
      'os',
      'assert b"SECRET" in open("/proc/self/environ", "rb").read() + open("/proc/1/environ", "rb").read()',
    ),
    tests: succeeded,
    reasons: ['assertion'],
  },
  {
    name: 'writes into its libraries',
    program: attempt('os', 'open(os.__file__, "a").write("")'),
    tests: succeeded,
    reasons: ['assertion'],
  },
  {
    name: 'writes into the root folder',
    program: attempt('os', 'open("/mark", "w").write("x")'),
    tests: succeeded,
    reasons: ['assertion'],
  },
  {
    name: 'writes into /dev',
    program: attempt('os', 'open("/dev/mark", "w").write("x")'),
    tests: succeeded,
    reasons: ['assertion'],
  },
  {
    name: 'forks',
    program: attempt('os', 'if os.fork() == 0: os._exit(0)\nos.wait()'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'forks without end',
    program: 'import os\ndef solve(x):\n    while True:\n        os.fork()',
    tests: succeeded,
    reasons: ['exception'],
  },
  {
    name: 'starts threads without end',
    program:
      'import threading, time\ndef solve(x):\n    while True:\n        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()',
    tests: succeeded,
    reasons: ['exception', 'timeout'],
  },
  {
    name: 'starts a program',
    program: attempt('subprocess', 'subprocess.run(["/bin/sh", "-c", "true"], check=True)'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'becomes another program',
    program: 'import os, sys\ndef solve(x):\n    os.execv(sys.executable, [sys.executable, "-c", ""])',
    tests: succeeded,
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'takes all memory at once',
    program: 'def solve(x):\n    return len(bytearray(1 << 40)) > 0',
    tests: succeeded,
    reasons: ['memory'],
  },
  {
    name: 'takes all memory bit by bit',
    program: 'def solve(x):\n    keep = []\n    while True:\n        keep.append(bytearray(1 << 24))',
    tests: succeeded,
    reasons: ['memory', 'timeout'],
  },
  {
    name: 'writes without end to stdout',
    program: 'def solve(x):\n    while True:\n        print("x" * 10000)',
    tests: succeeded,
    reasons: ['timeout'],
  },
  {
    name: 'fills its folder',
    program: attempt(
      'os',
      'with open("/tmp/big", "wb") as f:\n    for _ in range(64):\n        f.write(bytes(1 << 20))',
    ),
    tests: succeeded,
    reasons: ['assertion', 'exception'],
  },
  {
    name: 'kills all it can',
    program: attempt('os, signal', 'os.kill(-1, signal.SIGKILL)'),
    tests: succeeded,
    reasons: ['assertion'],
  },
  {
    name: 'kills its parent',
    program: attempt('os, signal', 'assert os.getppid() > 0\nos.kill(os.getppid(), signal.SIGKILL)'),
    tests: succeeded,
    reasons: ['assertion'],
  },
  {
    name: 'lists other processes',
    program: attempt('os', 'assert any(n.isdigit() and int(n) != os.getpid() for n in os.listdir("/proc"))'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  ...[
    'ptrace(16, 1, 0, 0)',
    'unshare(0x10000000)',
    'mount(b"none", b"/tmp", b"tmpfs", 0, b"")',
    'umount2(b"/proc", 2)',
    'chroot(b"/tmp")',
    'setuid(0)',
    'prctl(38, 1, 0, 0, 0)',
  ].map((call) => ({
    name: `calls ${call.split('(')[0]}`,
    program: attempt('ctypes', `assert ctypes.CDLL(None).${call} == 0`),
    tests: succeeded,
    reasons: ['assertion'],
  })),
  {
    name: 'guesses by entropy',
    program: 'import os\ndef solve(x):\n    return os.urandom(1)[0] < 128',
    tests: Array.from({ length: 12 }, () => succeeded[0] as string),
    reasons: ['assertion', 'flaky'],
  },
  {
    name: 'guesses by the clock',
    program: 'import time\ndef solve(x):\n    return time.time_ns() // 1000 % 2 == 0',
    tests: Array.from({ length: 12 }, () => succeeded[0] as string),
    reasons: ['assertion', 'flaky'],
  },
  {
    name: 'leaves a file for the next one',
    program:
      'import os\ndef solve(x):\n    met = os.path.exists("/tmp/left")\n    open("/tmp/left", "w").close()\n    return met',
    tests: succeeded,
    reasons: ['assertion'],
  },
  {
    name: 'sees what an earlier one left',
    program: 'import os, sys\ndef solve(x):\n    return os.path.exists("/tmp/left") or "left" in sys.modules',
    tests: succeeded,
    reasons: ['assertion'],
  },
  { name: 'spins', program: 'def solve(x):\n    while True: pass', tests: succeeded, reasons: ['timeout'] },
  {
    name: 'spins and ignores signals',
    program:
      'import signal\nfor s in range(1, 64):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\ndef solve(x):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass',
    tests: succeeded,
    reasons: ['timeout'],
  },
  { name: 'returns too much', program: 'def solve(x):\n    return [1] * 20_000_000', reasons: ['output', 'memory'] },
  {
    name: 'returns too deep',
    program: 'def solve(x):\n    r = []\n    for _ in range(5000): r = [r]\n    return r',
    reasons: ['output'],
  },
  { name: 'returns a cycle', program: 'def solve(x):\n    r = []\n    r.append(r)\n    return r', reasons: ['output'] },
];
