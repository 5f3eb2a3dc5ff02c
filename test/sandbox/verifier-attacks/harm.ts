import type { Attack, Lift } from './attack.js';
import { attempt, succeeded } from './attempt.js';

const call = (text: string): string => attempt('ctypes', `assert ctypes.CDLL(None).${text} == 0`);
const keepsCapabilities = ['confine', '            _drop_capabilities()\n', ''] as const;
/** What the filter denies, and what denies it too. */
const callsOfItsOwn: Record<string, NonNullable<Lift['patches']>> = {
  'unshare(0x10000000)': [],
  'prctl(38, 1, 0, 0, 0)': [],
  'mount(b"none", b"/tmp", b"tmpfs", 0, b"")': [keepsCapabilities],
  'umount2(b"/proc", 2)': [keepsCapabilities],
  'chroot(b"/tmp")': [keepsCapabilities],
  'setuid(0)': [['confine', '"/proc/self/uid_map", b"%d %d 1" % (uid, uid)', '"/proc/self/uid_map", b"0 %d 1" % uid']],
};
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
    lifted: { accepted: ['candidate-namespaces'], environment: { NEXTUNE_TEST_SECRET: 'x' } },
  },
  {
    name: 'writes into its libraries',
    program: attempt('os', 'open(os.__file__, "a").write("")'),
    tests: succeeded,
    reasons: ['assertion'],
    lifted: { ownLibrary: true },
  },
  {
    name: 'writes into the root folder',
    program: attempt('os', 'open("/mark", "w").write("x")'),
    tests: succeeded,
    reasons: ['assertion'],
    lifted: { folders: ['/'] },
  },
  {
    name: 'writes into /dev',
    program: attempt('os', 'open("/dev/mark", "w").write("x")'),
    tests: succeeded,
    reasons: ['assertion'],
    lifted: { folders: ['/dev'] },
  },
  {
    name: 'forks',
    program: attempt('os', 'if os.fork() == 0: os._exit(0)\nos.wait()'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
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
    name: 'kills all it can',
    program: attempt('os, signal', 'os.kill(-1, signal.SIGKILL)'),
    tests: succeeded,
    reasons: ['assertion'],
    watched: {
      watcher:
        'victim = os.fork()\nif victim == 0: stay()\nassert os.waitstatus_to_exitcode(os.waitpid(start(), 0)[1]) == 0\nassert os.waitstatus_to_exitcode(os.waitpid(victim, 0)[1]) == -9',
    },
  },
  {
    name: 'kills its parent',
    program: attempt('os, signal', 'assert os.getppid() > 0\nos.kill(os.getppid(), signal.SIGKILL)'),
    tests: succeeded,
    reasons: ['assertion'],
    watched: {
      watcher:
        'parent = os.fork()\nif parent == 0:\n    start()\n    stay()\nassert os.waitstatus_to_exitcode(os.waitpid(parent, 0)[1]) == -9',
    },
  },
  {
    name: 'lists other processes',
    program: attempt('os', 'assert any(n.isdigit() and int(n) != os.getpid() for n in os.listdir("/proc"))'),
    tests: succeeded,
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'calls ptrace',
    program: call('ptrace(16, 1, 0, 0)'),
    tests: succeeded,
    reasons: ['assertion'],
    // PR_SET_PTRACER: where Yama is, a process may be traced by its children only if it says so. It is stopped then.
    watched: {
      watcher: `ctypes.CDLL(None).prctl(0x59616D61, -1, 0, 0, 0)
if os.fork() == 0:
    while True: time.sleep(0.1), os.kill(1, signal.SIGCONT)
assert os.waitstatus_to_exitcode(os.waitpid(start(), 0)[1]) == 0`,
    },
  },
  ...Object.entries(callsOfItsOwn).map(([name, patches]) => ({
    name: `calls ${name.split('(')[0]}`,
    program: call(name),
    tests: succeeded,
    reasons: ['assertion'],
    lifted: { accepted: ['seccomp'] as const, patches },
  })),
  {
    name: 'sends descriptors to itself',
    program: attempt(
      'array, socket',
      'a, b = socket.socketpair()\na.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * 253))])',
    ),
    tests: succeeded,
    reasons: ['assertion'],
    lifted: { accepted: ['seccomp'] },
  },
  {
    name: 'locks a file of the host',
    program: attempt('fcntl, os', 'fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)'),
    tests: succeeded,
    reasons: ['assertion'],
    lifted: { accepted: ['seccomp'], ownLibrary: true },
  },
  {
    name: 'leaves a file for the next one',
    program:
      'import os\ndef solve(x):\n    met = os.path.exists("/tmp/left")\n    open("/tmp/left", "w").close()\n    return met',
    tests: succeeded,
    reasons: ['assertion'],
    lifted: { accepted: ['candidate-namespaces'] },
  },
  {
    name: 'sees what an earlier one left',
    program: 'import os, sys\ndef solve(x):\n    return os.path.exists("/tmp/left") or "left" in sys.modules',
    tests: succeeded,
    reasons: ['assertion'],
    lifted: {
      accepted: ['candidate-namespaces'],
      before: 'open("/tmp/left", "w").close()\ndef solve(x):\n    return True',
    },
  },
];
