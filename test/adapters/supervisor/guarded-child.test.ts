import { spawnGuarded } from '../../../adapters/supervisor/guarded-child.js';
import { identify, isRunning } from '../../../adapters/supervisor/process-identity.js';
import { eventually } from './eventually.js';

const start = async (script: string) => {
  const lines: string[] = [];
  const child = await spawnGuarded({ command: '/bin/sh', args: ['-c', script] }, (line) => lines.push(line));
  return { child, lines };
};

describe('a guarded child', () => {
  it('is the command itself, and its output comes line by line', async () => {
    const { child, lines } = await start('echo $$; echo problem >&2; exit 3');
    expect(await child.exited).toBe('ended with status 3');
    expect(lines.sort()).toEqual([`${child.identity.pid}`, 'problem']);
  });

  it('has its end by a signal put in words', async () => {
    const { child } = await start('kill -SEGV $$');
    expect(await child.exited).toBe('was ended by SIGSEGV');
  });

  it('says when there is no such program', async () => {
    const child = await spawnGuarded({ command: '/nowhere/temporal', args: [] }, () => undefined);
    expect(await child.exited).toBe('ended with status 127');
  });

  it('ends in its own time when it is asked', async () => {
    const { child, lines } = await start(
      'trap "echo drained; exit 0" TERM; echo up; while :; do read line; sleep 0.01; done',
    );
    await eventually('it runs', () => lines.includes('up'));
    await child.stop();
    expect(lines).toEqual(['up', 'drained']);
    expect(await child.exited).toBe('ended with status 0');
  });

  it('is killed, with all it started, when it does not listen', async () => {
    const { child, lines } = await start('trap "" TERM; sleep 1000 & echo $!; wait');
    await eventually('its own child runs', () => lines.length === 1);
    const grandchild = identify(Number(lines[0]));
    await child.stop(50);
    expect(grandchild && isRunning(grandchild)).toBe(false);
    expect(isRunning(child.identity)).toBe(false);
  });

  it('takes what it started with it when it ends by itself', async () => {
    const { child, lines } = await start('sleep 1000 & echo $!');
    await child.exited;
    expect(identify(Number(lines[0]))).toBeUndefined();
  });
});
