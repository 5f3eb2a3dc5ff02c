import { execFileSync } from 'node:child_process';
import { aCandidate, aTask, judgeOne, limits, useVerifier } from './verifier-fixtures.js';

const good = 'def solve(x):\n    return 3000 + x';
const outcomesOf = (tests: readonly { outcome: string }[]): string[] => tests.map(({ outcome }) => outcome);

/** Processes below this one, by command line. */
const descendants = (): string[] => {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const parsed = rows.map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? ['', '0', '0', '']);
  const below = (pid: string): string[][] =>
    parsed.filter((row) => row[2] === pid).flatMap((row) => [row as string[], ...below(row[1] as string)]);
  return below(String(process.pid))
    .map((row) => row[3] as string)
    .filter((args) => args.includes('nextune_jail'));
};

describe('verdicts', () => {
  const verifier = useVerifier();

  it.each([
    ['does not parse', 'def solve(', 'unparsable'],
    ['holds a null byte', 'x = "\0"', 'unparsable'],
    ['holds half a surrogate pair', 'x = "\ud800"', 'unparsable'],
    ['nests beyond the parser', `x = ${'('.repeat(5000)}${')'.repeat(5000)}`, 'unparsable'],
    ['is not there', undefined, 'unparsable'],
    ['is the buggy program with other spaces and comments', '# new\ndef solve(x):\n        return  x', 'unchanged'],
  ])('a program that %s is told before any test', async (_title, program, reason) => {
    const verdict = await judgeOne(verifier.get(), aCandidate(program, { buggy: 'def solve(x):\n    return x' }));
    expect(verdict).toMatchObject({ verdict: 'fail', reason, tests: [] });
  });

  it('the keys of a verdict stand in the order of the file format', async () => {
    const verdict = await judgeOne(verifier.get(), aCandidate(good));
    expect(Object.keys(verdict)).toEqual(['taskId', 'index', 'verdict', 'reason', 'tests', 'durationMs', 'isolation']);
    expect(verdict.isolation).toMatch(/^nsjail\/userns\+seccomp\+rlimits python3\.\d+\.\d+$/);
  });

  it('verdicts come in the order of the candidates, whatever takes long', async () => {
    const programs = ['def solve(x):\n    while True: pass', good, 'def solve(x):\n    return 0', good];
    const verdicts = await verifier.get().verify(
      programs.map((program, at) => aCandidate(program, {}, at)),
      limits,
    );
    expect(verdicts.map(({ index, reason }) => [index, reason])).toEqual([
      [0, 'timeout'],
      [1, 'ok'],
      [2, 'assertion'],
      [3, 'ok'],
    ]);
  });

  it('after a test that ends the process the others are not run; after one that only fails they are', async () => {
    const tests = [1, 2, 3].map((n) => `assert solve(${n}) == ${3000 + n}`);
    const dies = 'import os\ndef solve(x):\n    if x == 2: os._exit(0)\n    return 3000 + x';
    const raises = dies.replace('os._exit(0)', 'raise KeyError(x)');
    const [died, raised] = await verifier
      .get()
      .verify([aCandidate(dies, { tests }), aCandidate(raises, { tests })], limits);
    expect(outcomesOf(died?.tests ?? [])).toEqual(['ok', 'protocol', 'notRun']);
    expect(outcomesOf(raised?.tests ?? [])).toEqual(['ok', 'exception', 'ok']);
  });

  it('a pass that flips with the hash seed is a fail, flaky', async () => {
    const program =
      'def solve(x):\n    return 3001 if hash("a") == first else 0\nimport os\nfirst = int(os.environ["PYTHONHASHSEED"]) == 1 and hash("a")';
    const verdict = await judgeOne(verifier.get(), aCandidate(program));
    expect(verdict).toMatchObject({ verdict: 'fail', reason: 'flaky', tests: [{ outcome: 'flaky' }] });
  });

  it('the CPU limit is over all tests of a candidate, and a task may carry a larger one', async () => {
    // Processor time as the kernel tells it (CLOCK_PROCESS_CPUTIME_ID): Python's own clocks are not the machine's here.
    const burn = `import ctypes
libc, now = ctypes.CDLL(None), (ctypes.c_long * 2)()
def used():
    libc.clock_gettime(2, now)
    return now[0] + now[1] / 1e9
def solve(x):
    end = used() + 0.4
    while used() < end: pass
    return 3000 + x`;
    const tests = [1, 2, 3].map((n) => `assert solve(${n}) == ${3000 + n}`);
    const [short, long] = await verifier
      .get()
      .verify([aCandidate(burn, { tests }), aCandidate(burn, { tests, cpuLimitMs: 4000 })], limits);
    expect(short).toMatchObject({ verdict: 'fail', reason: 'timeout' });
    expect(outcomesOf(short?.tests ?? [])).toEqual(['ok', 'ok', 'timeout']);
    expect(long).toMatchObject({ verdict: 'pass' });
  });

  it('a candidate that sleeps beyond ten times its CPU limit is a timeout', async () => {
    const program = 'import time\ndef solve(x):\n    time.sleep(60)';
    const verdict = await judgeOne(verifier.get(), aCandidate(program, { cpuLimitMs: 100 }));
    expect(verdict).toMatchObject({ verdict: 'fail', reason: 'timeout' });
  });

  it('the clock and the entropy of a candidate are the same whenever it is judged', async () => {
    const program =
      'import os, random, time\nfrom datetime import datetime\ndef solve(x):\n    return [time.time(), str(datetime.now()), os.urandom(4).hex(), random.random()]';
    const told = await judgeOne(verifier.get(), aCandidate(program, { tests: ['assert solve(1)[0] > 1.7e9'] }));
    expect(told).toMatchObject({ verdict: 'pass' });
    const byClock = program.replace('return [', 'return time.time_ns() % 2 == 0 or [');
    const tests = Array.from({ length: 6 }, () => 'assert solve(1) == True');
    const judged = await verifier.get().verify(
      [0, 1, 2].map((index) => aCandidate(byClock, { tests }, index)),
      limits,
    );
    expect(new Set(judged.map((verdict) => JSON.stringify(verdict.tests))).size).toBe(1);
  });

  it('a task with a test that is no Python is refused by name, with the test that is at fault', async () => {
    const task = aTask({ id: 'broken', tests: ['assert solve(1) == 1', 'assert solve('] });
    expect(await verifier.get().checkTask(task)).toMatch(/^tests\[1\] is no Python/);
    expect(await verifier.get().checkTask(aTask())).toBeUndefined();
    await expect(verifier.get().verify([{ task, index: 0, program: good }], limits)).rejects.toThrow(
      /broken.*tests\[1\]/,
    );
  });

  it('an abort rejects at once and leaves the verifier usable', async () => {
    const controller = new AbortController();
    const spin = aCandidate('import time\ndef solve(x):\n    time.sleep(60)');
    const verifying = verifier.get().verify([spin, spin], limits, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(verifying).rejects.toThrow('enough');
    expect(await judgeOne(verifier.get(), aCandidate(good))).toMatchObject({ verdict: 'pass' });
  });

  it('candidates whose jail is killed are judged again in a fresh one', async () => {
    const slow = 'import time\ndef solve(x):\n    time.sleep(1.5)\n    return 3000 + x';
    const verifying = verifier.get().verify([aCandidate(slow)], limits, {});
    const pids = execFileSync('pgrep', ['-P', String(process.pid), 'nsjail'], { encoding: 'utf8' })
      .trim()
      .split('\n');
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
    expect(await verifying).toMatchObject([{ verdict: 'pass' }]);
  });

  it('closing ends every jail', async () => {
    await verifier.get().close();
    expect(descendants()).toEqual([]);
  });
});
