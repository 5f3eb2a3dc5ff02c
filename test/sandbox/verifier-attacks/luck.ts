import type { Attack } from './attack.js';

const many = Array.from({ length: 12 }, () => 'assert solve(1) == True');
/** The zygote's clock and entropy are the machine's. */
const withChance = [['zygote', 'chance.install(seed)', 'chance']] as const;
/** Guesses, in the hope to be lucky. */
export const luck: readonly Attack[] = [
  {
    name: 'guesses by entropy',
    program: 'import os\ndef solve(x):\n    return os.urandom(1)[0] < 128',
    tests: many,
    reasons: ['assertion', 'flaky'],
    lifted: { accepted: ['seccomp'], patches: withChance, byLuck: true },
  },
  {
    name: 'guesses by the clock',
    program: 'import time\ndef solve(x):\n    return time.time_ns() // 1000 % 2 == 0',
    tests: many,
    reasons: ['assertion', 'flaky'],
    lifted: { patches: withChance, byLuck: true },
  },
  {
    name: 'guesses by its own processor time',
    program: 'import resource\ndef solve(x):\n    return int(resource.getrusage(0).ru_utime * 1e6) % 2 == 0',
    tests: many,
    reasons: ['assertion', 'flaky'],
    lifted: { patches: withChance, byLuck: true },
  },
];
