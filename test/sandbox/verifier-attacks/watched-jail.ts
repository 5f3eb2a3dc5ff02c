import { run } from 'nsjail-wrapper';
import { findJailPython } from '../../../adapters/sandbox/interpreter.js';
import { nsjailEngine } from '../../../adapters/sandbox/nsjail.js';
import type { Attack } from './attack.js';

const mebibyte = 1024 * 1024;

/** The jail's first process: whatever the attack does ends with it. */
const prelude = `
import ctypes, os, resource, signal, sys, time
program = sys.argv[1]
def stay():
    while True: time.sleep(60)
def start(prepare=lambda: None, at_the_end=lambda: None):
    pid = os.fork()
    if pid == 0:
        try:
            prepare()
            names = {}
            exec(program, names)
            os._exit(0 if names["solve"](1) is True else 1)
        except Exception:
            at_the_end()
        finally:
            os._exit(2)
    return pid
`;

/** Whether an attack works in a throw-away jail: no filter and no confinement of its own, few processes, little memory. */
export const worksWhereWatched = async ({ program, watched }: Attack): Promise<true | string> => {
  if (!watched) return 'nobody watches';
  const python = await findJailPython();
  const { outcome, stderrTail } = await run({
    engine: nsjailEngine(),
    policy: {
      mounts: [
        ...python.mounts,
        { kind: 'bind', source: '/dev/null', writable: true },
        { kind: 'tmpfs', target: '/tmp', sizeBytes: 64 * 1024 },
        { kind: 'proc' },
      ],
      environment: python.environment,
      seccomp: 'none',
      limits: {
        processes: watched.processes ?? 8,
        addressSpaceBytes: watched.addressSpaceBytes ?? 512 * mebibyte,
        wallMs: 240_000,
      },
    },
    command: python.path,
    args: ['-s', '-S', '-B', '-c', `${prelude}${watched.watcher}`, program],
    maxOutputBytes: mebibyte,
  });
  if (outcome.kind === (watched.outcome ?? 'exit') && (outcome.kind !== 'exit' || outcome.code === 0)) return true;
  return `${JSON.stringify(outcome)} ${stderrTail}`;
};
