import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { findJailPython } from '../../adapters/sandbox/interpreter.js';
import type { Weakening } from '../../adapters/sandbox/isolation.js';
import { answerLimitMs, isJudged, Slot } from '../../adapters/sandbox/slot.js';
import { type Escape, escapes } from './verifier-attacks/isolation.js';
import './verifier-fixtures.js';

const programOf = ({ body }: Escape): string => `import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
room = ctypes.create_string_buffer(64)
vector = ctypes.byref(Vector(ctypes.addressof(room), 64))
def solve(x):
    try:
${body.replace(/^/gm, '        ')}
        return True
    except Exception:
        return False
`;

/** Only numbers: what came through is judged as any other answer. */
const comesThrough = async (slot: Slot, way: Escape): Promise<boolean | string> => {
  const task = { entryPoint: 'solve', tests: ['assert solve(1) == True'] };
  const job = { taskKey: 'escape', task, program: programOf(way), cpuMs: 5000, memoryBytes: 512 * 1024 * 1024 };
  const answer = await slot.ask(job, answerLimitMs(5000));
  if (!isJudged(answer)) return JSON.stringify(answer);
  return answer.verdict === 'pass' ? true : answer.reason === 'assertion' ? false : answer.reason;
};

const slots = new Map<Weakening | 'whole', Slot>();
beforeAll(async () => {
  const python = await findJailPython();
  slots.set('whole', await Slot.open(python, []));
  for (const rule of ['seccomp', 'candidate-namespaces'] as const) slots.set(rule, await Slot.open(python, [rule]));
}, 300_000);
afterAll(async () => {
  await Promise.all([...slots.values()].map((slot) => slot.close()));
});
const slotOf = (rule: Weakening | 'whole'): Slot => slots.get(rule) as Slot;

describe('a candidate that tries to leave its confinement', () => {
  it.each(escapes.map((way) => [way.name, way.rule, way] as const))(
    '%s: is denied; control: without %s it comes through',
    async (_name, rule, way) => {
      // Each twice: what is left behind helps only the second.
      await comesThrough(slotOf('whole'), way);
      expect([false, 'exception']).toContain(await comesThrough(slotOf('whole'), way));
      await comesThrough(slotOf(rule), way);
      expect(await comesThrough(slotOf(rule), way)).toBe(true);
    },
  );

  it('leaves no System V object, file or keyring on the host', () => {
    const objects = ['msg', 'sem', 'shm'].map((kind) => `/proc/sysvipc/${kind}`).filter((path) => existsSync(path));
    for (const path of objects) expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1);
    expect(readdirSync('/tmp').filter((name) => name === 'left' || /^f\d+$/.test(name))).toEqual([]);
  });
});
