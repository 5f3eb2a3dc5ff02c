import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeMutex } from '../../bootstrap/mutex.mjs';

let dir;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nextune-mutex-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const holding = (content) => writeFileSync(join(dir, 'running.json'), JSON.stringify(content));

/** A process whose command line says that it is a set-up; it lives until it is killed. */
const startHolder = async () => {
  const script = 'process.stdout.write("ready"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', script, 'bootstrap'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child;
};

test('a free folder is taken at once, and free again afterwards', async () => {
  const mutex = await takeMutex(dir, () => {});
  expect(existsSync(join(dir, 'running.json'))).toBe(true);
  mutex.release();
  expect(existsSync(join(dir, 'running.json'))).toBe(false);
});

test('a second set-up waits for the first, says so once, and goes on when it has ended', async () => {
  const holder = await startHolder();
  holding({ pid: holder.pid });
  const said = [];
  const mutex = await takeMutex(dir, (line) => {
    said.push(line);
    holder.kill('SIGKILL');
  });
  expect(said).toEqual([expect.stringContaining(`process ${holder.pid}`)]);
  mutex.release();
});

test('the installer of a set-up that was killed is ended before another starts', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  const orphan = await startHolder();
  const ended = once(orphan, 'exit');
  holding({ pid: gone.pid, child: orphan.pid, childHint: 'bootstrap' });
  const mutex = await takeMutex(dir, () => {});
  expect(await ended).toEqual([null, 'SIGKILL']);
  mutex.release();
});

test('a mark is whole whenever it is read: a half one would be taken for that of a dead set-up', async () => {
  const script = `
    import { existsSync, readFileSync } from 'node:fs';
    const [, dir] = process.argv;
    process.stdout.write('ready');
    while (!existsSync(dir + '/enough')) JSON.parse(readFileSync(dir + '/running.json', 'utf8'));`;
  const mutex = await takeMutex(dir, () => {});
  const args = ['--input-type=module', '-e', script, dir];
  const reader = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(reader.stdout, 'data');
  for (let times = 0; times < 500; times++) mutex.noteChild(process.pid, 'x'.repeat(1000));
  writeFileSync(join(dir, 'enough'), '');
  const [status] = reader.exitCode === null ? await once(reader, 'exit') : [reader.exitCode];
  expect(status).toBe(0);
  mutex.release();
});

test('a mark that was cut off does not block', async () => {
  writeFileSync(join(dir, 'running.json'), '{"pi');
  const mutex = await takeMutex(dir, () => {});
  mutex.release();
});
