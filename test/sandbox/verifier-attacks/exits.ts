import type { Attack } from './attack.js';

/** Ends before, in or instead of the tests. */
export const exits: readonly Attack[] = [
  {
    name: 'exits with 0 while it loads',
    program: 'import sys\nsys.exit(0)',
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'ends its process while it loads',
    program: 'import os\nos._exit(0)',
    reasons: ['protocol'],
    beatsScript: true,
  },
  {
    name: 'ends its process in the call',
    program: 'import os\ndef solve(x):\n    os._exit(0)',
    reasons: ['protocol'],
    beatsScript: true,
  },
  {
    name: 'raises SystemExit in the call',
    program: 'def solve(x):\n    raise SystemExit(0)',
    reasons: ['exception'],
    beatsScript: true,
  },
  {
    name: 'ends its process from a thread',
    program:
      'import os, threading, time\ndef solve(x):\n    threading.Thread(target=os._exit, args=(0,)).start()\n    time.sleep(5)',
    reasons: ['protocol'],
    beatsScript: true,
  },
  {
    name: 'ends well in atexit',
    program: 'import atexit, os\natexit.register(os._exit, 0)\ndef solve(x):\n    return 0',
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'ends well in excepthook',
    program: 'import os, sys\nsys.excepthook = lambda *a: os._exit(0)\ndef solve(x):\n    return 0',
    reasons: ['assertion'],
    beatsScript: true,
  },
  {
    name: 'ends well in a finaliser',
    program: 'import os\nclass D:\n    def __del__(self):\n        os._exit(0)\ndef solve(x):\n    return D()',
    reasons: ['assertion', 'protocol'],
    beatsScript: true,
  },
  {
    name: 'kills itself',
    program:
      'import os, signal\ndef solve(x):\n    os.kill(os.getpid(), signal.SIGTERM)\n    signal.raise_signal(signal.SIGABRT)',
    reasons: ['exception', 'assertion'],
    control: {
      where: 'channel',
      judge:
        'assert os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT).si_code != os.CLD_EXITED\nassert ours.recv(1) == b""',
    },
  },
  {
    name: 'crashes its interpreter',
    program: 'import ctypes\ndef solve(x):\n    ctypes.string_at(0)',
    reasons: ['exception'],
    control: {
      where: 'channel',
      judge: 'assert os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT).si_status == 11\nassert ours.recv(1) == b""',
    },
  },
  {
    name: 'stops itself',
    program: 'import os, signal\ndef solve(x):\n    os.kill(os.getpid(), signal.SIGSTOP)',
    reasons: ['timeout', 'assertion'],
    control: { where: 'channel', judge: 'assert os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT).si_status == 19' },
  },
];
