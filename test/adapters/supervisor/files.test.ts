import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonEnv } from '../../../adapters/paths.js';
import { BoundedLog, tailOf } from '../../../adapters/supervisor/bounded-log.js';
import { takeLock } from '../../../adapters/supervisor/lock.js';
import { choosePorts } from '../../../adapters/supervisor/ports.js';
import { identify, isRunning, type ProcessIdentity } from '../../../adapters/supervisor/process-identity.js';
import { runFile, writeRunFile } from '../../../adapters/supervisor/state.js';
import { eventually } from './eventually.js';

const self = (): ProcessIdentity => identify(process.pid) as ProcessIdentity;
const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'nextune-run-')));

describe('a process is told apart', () => {
  it('from a later one with the same pid, by its start', () => {
    expect(isRunning(self())).toBe(true);
    expect(isRunning({ ...self(), startTicks: '1' })).toBe(false);
  });

  it('from a zombie: one whose first thread has ended while others go on runs still', async () => {
    const code =
      'import ctypes, os, sys, threading\n' +
      'threading.Thread(target=lambda: os._exit(len(sys.stdin.read()))).start()\n' +
      'ctypes.CDLL(None).pthread_exit(None)';
    const child = spawn(pythonEnv(), ['-c', code], { stdio: ['pipe', 'ignore', 'inherit'] });
    const pid = child.pid as number;
    await eventually('its first thread has ended', () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
    expect(identify(pid)).toBeDefined();
    const exited = once(child, 'exit');
    child.stdin.end();
    await exited;
    expect(identify(pid)).toBeUndefined();
  });

  it('from one with the same pid before a restart of the machine', () => {
    expect(isRunning({ ...self(), bootId: 'another' })).toBe(false);
  });
});

describe("a folder's lock", () => {
  it('is held until it is released', () => {
    const dir = folder();
    const first = takeLock(dir, 'up');
    expect(takeLock(dir, 'up')).toEqual({ heldBy: self() });
    if ('release' in first) first.release();
    expect(takeLock(dir, 'up')).toHaveProperty('release');
  });

  it.each([
    ['an owner that died', () => JSON.stringify({ ...self(), startTicks: '1' })],
    ['a file cut off while it was written', () => '{"pid": 12'],
  ])('lapses with %s', (_title, content) => {
    const dir = folder();
    writeRunFile(dir, 'ports.json', {});
    writeFileSync(runFile(dir, 'up.lock'), content());
    expect(takeLock(dir, 'up')).toHaveProperty('release');
    expect(takeLock(dir, 'up')).toEqual({ heldBy: self() });
  });
});

describe("a folder's ports", () => {
  it('are the same the next time', async () => {
    const dir = folder();
    const first = await choosePorts(dir);
    expect(new Set(Object.values(first)).size).toBe(5);
    expect(await choosePorts(dir)).toEqual(first);
  });

  it('give way where another program listens, and only there', async () => {
    const dir = folder();
    const first = await choosePorts(dir);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(first.ui, '127.0.0.1', resolve));
    const second = await choosePorts(dir);
    await new Promise((resolve) => other.close(resolve));
    expect({ ...second, ui: 0 }).toEqual({ ...first, ui: 0 });
    expect(second.ui).not.toBe(first.ui);
  });
});

describe('a log', () => {
  it('keeps its size: the older half moves aside', () => {
    const log = new BoundedLog(join(folder(), 'logs', 'worker.log'), 30);
    for (const line of ['one two three', 'four five six', 'seven eight']) log.write(line);
    log.close();
    expect(readFileSync(log.path, 'utf8')).toBe('seven eight\n');
    expect(readFileSync(`${log.path}.1`, 'utf8')).toBe('one two three\nfour five six\n');
  });

  const onLinux = existsSync('/dev/full') ? it : it.skip;
  onLinux('loses lines on a full disk, and nothing else (where there is /dev/full to try it on)', () => {
    const log = new BoundedLog('/dev/full');
    expect(() => log.write('one')).not.toThrow();
    expect(() => log.write('two')).not.toThrow();
    log.close();
  });

  it('shows its last lines, and none where there is no log', () => {
    const path = join(folder(), 'a.log');
    writeFileSync(path, '1\n2\n3\n');
    expect(tailOf(path, 2)).toEqual(['2', '3']);
    expect(tailOf(`${path}.none`)).toEqual([]);
  });
});
