import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Attack } from './attack.js';

const python = join(process.cwd(), 'python');

/** The candidate in a process of its own, the channel as its descriptor 3, and no confinement: `ours` and `answers` are the judge's end. */
const channel = `
import json, os, socket, sys
sys.path.insert(0, sys.argv[1])
from nextune_jail import decode, kinds, stubs, wire
ours, theirs = socket.socketpair()
pid = os.fork()
if pid == 0:
    try:
        ours.close()
        fd = theirs.detach()
        if fd != 3:
            os.dup2(fd, 3)
            os.close(fd)
        names = {}
        exec(sys.argv[2], names)
        names["solve"](1)
    finally:
        os._exit(0)
theirs.close()
answers = wire.Answers(ours)
try:
    exec(sys.argv[3])
finally:
    os.kill(pid, 9)
`;

/** The candidate in the judge's own interpreter, as harnesses do. */
const inside = `
import sys
sys.path.insert(0, sys.argv[1])
from nextune_jail import encode
exec(sys.argv[2])
exec(sys.argv[3])
`;

/** Whether an attack beats a judge without the rule that denies it; the judge's complaint where it doesn't. */
export const beatsNaiveJudge = async ({ program, control }: Attack): Promise<true | string> => {
  if (!control) return 'the attack has no control';
  const script = control.where === 'channel' ? channel : inside;
  try {
    await promisify(execFile)('/usr/bin/python3', ['-c', script, python, program, control.judge]);
    return true;
  } catch (error) {
    return String((error as { stderr?: string }).stderr);
  }
};
