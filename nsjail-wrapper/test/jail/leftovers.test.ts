import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type Cgroup, findCgroup, open, sweepCgroups } from '../../src/index.js';
import { accept, engines, nsjail, policy, sh, shell } from './fixtures.js';

jest.setTimeout(300_000);

const cgroup = findCgroup();
const foldersOf = (place: Cgroup): string[] =>
  place.version === 'v2' ? [place.path] : [place.memory, place.pids].map(({ mount, parent }) => join(mount, parent));
const limits = cgroup === undefined ? {} : { memoryBytes: 64 * 1024 * 1024, totalProcesses: 16 };

/** An argument that only this test's processes have, in the jail and out of it. */
let mark = '';
let count = 0;
beforeEach(() => {
  count += 1;
  mark = `mark-${process.pid}-${count}`;
});

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const marked = (): string[] =>
  readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cmdline`).includes(mark));
const groupsOf = (pids: readonly string[]): string[] =>
  pids.flatMap((pid) => /NSJAIL\.\d+/.exec(read(`/proc/${pid}/cgroup`))?.[0] ?? []);
const left = (groups: readonly string[]): string[] =>
  (cgroup === undefined ? [] : foldersOf(cgroup)).flatMap((folder) =>
    readdirSync(folder).filter((name) => groups.includes(name)),
  );
const mountsOfJails = (): string[] =>
  read('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => /NSJAIL|nsjail|bwrap|jail-/.test(line));
const temporaries = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('jail-'));

const eventually = async <T>(look: () => T, isSo: (seen: T) => boolean): Promise<T> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const seen = look();
    if (isSo(seen) || Date.now() > deadline) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const running = (): Promise<string[]> => eventually(marked, (pids) => pids.some((pid) => inJail(pid)));
/** In a jail's pid namespace a process has more than one number; and it is the command, not yet what becomes it. */
const inJail = (pid: string): boolean =>
  /^NSpid:\s+\d+\s+\d+/m.test(read(`/proc/${pid}/status`)) && read(`/proc/${pid}/cmdline`).startsWith('/bin/sh');

const expectNothingLeft = async (groups: readonly string[]): Promise<void> => {
  expect(await eventually(marked, (pids) => pids.length === 0)).toEqual([]);
  expect(
    await eventually(
      () => left(groups),
      (names) => names.length === 0,
    ),
  ).toEqual([]);
  expect(mountsOfJails()).toEqual([]);
};

/** Descendants that left their session, ignore what can be ignored, and hold memory. */
const stubborn = (): string =>
  `: ${mark}; trap "" TERM HUP INT; (trap "" TERM; while :; do sleep 1; done) & x=$(printf %0100000d 0); while :; do sleep 1; done`;

describe.each(engines)('a jail of %s leaves no process, mount or control group', (kind, engine) => {
  const jailed = { ...policy, limits: kind === 'nsjail' ? limits : {} };

  it('after success, though the command left a child', async () => {
    const before = temporaries();
    const result = await sh(engine, `: ${mark}; sleep 100 & exit 0`, {
      policy: { ...jailed, mounts: [...(policy.mounts ?? []), { kind: 'bind', source: '/dev/null', writable: true }] },
    });
    expect(result.outcome).toEqual({ kind: 'exit', code: 0 });
    await expectNothingLeft([]);
    expect(temporaries().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('after a timeout', async () => {
    const hasGroup = cgroup !== undefined && kind === 'nsjail';
    /** A busy machine may not have started the command when time is up: then it gets twice as long. */
    const groupsOfTimeout = async (wallMs: number): Promise<string[]> => {
      const ended = sh(engine, stubborn(), { policy: { ...jailed, limits: { ...jailed.limits, wallMs } } });
      const pids = await Promise.race([running(), ended.then(() => [])]);
      const groups = groupsOf(pids);
      expect((await ended).outcome).toEqual({ kind: 'timeout' });
      if (pids.length > 0 && groups.length > 0 === hasGroup) return groups;
      await expectNothingLeft(groups);
      return groupsOfTimeout(2 * wallMs);
    };
    await expectNothingLeft(await groupsOfTimeout(700));
  });

  it('after an abort', async () => {
    const controller = new AbortController();
    const ended = sh(engine, stubborn(), { policy: jailed, signal: controller.signal });
    const groups = groupsOf(await running());
    controller.abort();
    await ended;
    await expectNothingLeft(groups);
  });

  it('after an abort at any moment of its start', async () => {
    const delaysMs = Array.from({ length: 40 }, (_, index) => index);
    const outcomes: string[] = [];
    for (let at = 0; at < delaysMs.length; at += 8) {
      const aborted = delaysMs
        .slice(at, at + 8)
        .map((ms) => sh(engine, stubborn(), { policy: jailed, signal: AbortSignal.timeout(ms) }));
      outcomes.push(...(await Promise.all(aborted)).map(({ outcome }) => outcome.kind));
    }
    expect(outcomes).toEqual(delaysMs.map(() => 'signal'));
    await expectNothingLeft([]);
  });

  it('after a kill -9 of its parent', async () => {
    const request = { policy: jailed, engine, accept, ...shell(stubborn()) };
    const script = `import('nsjail-wrapper').then(({ open }) => open(${JSON.stringify(request)}))`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'inherit'] });
    const pids = (await running()).filter((pid) => pid !== String(parent.pid));
    expect(pids.some(inJail)).toBe(true);
    const groups = groupsOf(pids);
    expect(groups.length > 0).toBe(cgroup !== undefined && kind === 'nsjail');
    parent.kill('SIGKILL');
    await expectNothingLeft(groups);
  });

  it('after a kill -9 of the engine', async () => {
    const jail = await open({ policy: jailed, engine, accept, ...shell(stubborn()) });
    const groups = groupsOf(await running());
    process.kill(jail.pid as number, 'SIGKILL');
    await jail.exited;
    await expectNothingLeft(groups);
  });
});

const canGroup = cgroup !== undefined;
const reason = canGroup ? '' : ' (skipped: this user may make no control group here)';
(canGroup ? describe : describe.skip)(`control groups${reason}`, () => {
  const place = cgroup as Cgroup;

  it('a jail over its memory limit is ended; with room enough it is not', async () => {
    const take = 'x=0123456789abcdef; i=0; while [ $i -lt 22 ]; do x=$x$x; i=$((i+1)); done';
    const limited = (memoryBytes: number) => ({ ...policy, limits: { memoryBytes } });
    expect((await sh(nsjail(), take, { policy: limited(2 ** 24) })).outcome).toEqual({ kind: 'memory' });
    expect((await sh(nsjail(), take, { policy: limited(2 ** 29) })).outcome).toEqual({ kind: 'exit', code: 0 });
  });

  it('a jail has no more processes than its limit; with room enough it has', async () => {
    const fork = `/usr/bin/python3 -I -S -c 'import os, time; [os.fork() or (time.sleep(9), os._exit(0)) for _ in range(30)]'`;
    const limited = (totalProcesses: number) => ({ ...policy, limits: { totalProcesses, processes: 64 } });
    expect((await sh(nsjail(), fork, { policy: limited(16) })).outcome).toEqual({ kind: 'exit', code: 1 });
    expect((await sh(nsjail(), fork, { policy: limited(64) })).outcome).toEqual({ kind: 'exit', code: 0 });
  });

  it('a sweep takes the folders of jails that are gone, and no other', async () => {
    const [folder = ''] = foldersOf(place);
    const gone = join(folder, 'NSJAIL.4194305');
    const alive = join(folder, `NSJAIL.${process.pid}`);
    const other = mkdtempSync(join(folder, 'other-'));
    for (const path of [gone, alive]) mkdirSync(path);
    expect(sweepCgroups(place)).toContain(gone);
    const names = readdirSync(folder);
    for (const path of [alive, other]) rmSync(path, { recursive: true, force: true });
    expect(names).toEqual(expect.arrayContaining([alive, other].map((path) => path.slice(folder.length + 1))));
  });
});
