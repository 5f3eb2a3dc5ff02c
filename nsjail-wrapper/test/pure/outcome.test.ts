import { readNsjailLog } from '../../src/engine/nsjail.js';
import { type EndFacts, outcomeOf } from '../../src/outcome.js';

const entered = "[I] Executing '/usr/bin/true' for '[STANDALONE MODE]'\n";
interface Ended extends Omit<EndFacts, 'end'> {
  log: string;
}
const facts = (over: Partial<Ended>): Ended => ({
  log: '',
  elapsedMs: 10,
  cpuSeconds: undefined,
  stopped: undefined,
  ...over,
});

describe('the outcome in a log', () => {
  it.each([
    [
      'an exit',
      facts({ log: `${entered}[I] pid=7 exited with status: 137, (PIDs left: 0)` }),
      { kind: 'exit', code: 137 },
    ],
    [
      'a signal',
      facts({ log: `${entered}[I] pid=7 terminated with signal: SIGSEGV (11), (PIDs left: 0)` }),
      { kind: 'signal', signal: 'SIGSEGV' },
    ],
    [
      'a kill that nobody here sent',
      facts({ log: `${entered}terminated with signal: SIGKILL (9)` }),
      { kind: 'memory' },
    ],
    [
      'a kill at the CPU limit',
      facts({ log: `${entered}terminated with signal: SIGKILL (9)`, cpuSeconds: 1, elapsedMs: 1001 }),
      { kind: 'timeout' },
    ],
    [
      'a wall limit',
      facts({ log: `${entered}terminated with signal: SIGKILL (9)`, stopped: 'timeout' }),
      { kind: 'timeout' },
    ],
    ['too much output', facts({ log: entered, stopped: 'outputLimit' }), { kind: 'outputLimit' }],
    [
      'a jail that was closed',
      facts({ log: `${entered}terminated with signal: SIGKILL (9)`, stopped: 'closed' }),
      { kind: 'signal', signal: 'SIGKILL' },
    ],
    [
      'a jail that was never entered',
      facts({ log: '[E][2026] clone: denied' }),
      { kind: 'refused', reason: 'clone: denied' },
    ],
    [
      'an nsjail that was killed',
      facts({ log: '[I][2026-01-01T00:00:00+0000] Mode: STANDALONE_ONCE\n[I][2026-01-01T00:00:00+0000] Mount: /lib' }),
      { kind: 'refused', reason: 'nsjail ended without a reason, after: Mount: /lib' },
    ],
    [
      'a command that is not there',
      facts({ log: `${entered}[E][2026] execve('/nope') failed: No such file\n[I] exited with status: 255` }),
      { kind: 'refused', reason: "execve('/nope') failed: No such file" },
    ],
  ])('%s is told as it was', (_title, { log, ...ended }, outcome) => {
    expect(outcomeOf({ ...ended, end: readNsjailLog(log) })).toEqual(outcome);
  });
});
