import { existsSync } from 'node:fs';
import { jest } from '@jest/globals';
import { open, Refusal } from '../../src/index.js';
import { accept, engines, policy, shell } from './fixtures.js';

jest.setTimeout(300_000);

const forever = shell('while :; do sleep 1; done');
/** What is open and is neither the null device nor the listing itself. */
const listOpen = `
import os
def target(fd):
    try: return os.readlink("/proc/self/fd/%d" % fd)
    except OSError: return "/dev/null"
print([fd for fd in range(1024) if not target(fd).endswith("/null")])
`;
const firstChunk = (stream: NodeJS.ReadableStream): Promise<string> =>
  new Promise((resolve) => stream.once('data', (chunk) => resolve(String(chunk))));

describe.each(engines)('a long-lived jail of %s', (_kind, engine) => {
  const opened = { policy, engine, accept };

  it('answers line by line and ends when its stdin does', async () => {
    const jail = await open({ ...opened, ...shell('while read -r a; do echo "<$a>"; done') });
    jail.stdin.write('one\n');
    expect(await firstChunk(jail.stdout)).toBe('<one>\n');
    jail.stdin.end();
    expect(await jail.exited).toEqual({ kind: 'exit', code: 0 });
  });

  it('close ends it, twice as well as once', async () => {
    const jail = await open({ ...opened, ...forever });
    await jail.close();
    expect((await jail.close()).kind).toBe('signal');
    expect(existsSync(`/proc/${jail.pid}`)).toBe(false);
  });

  it('two jails talk over a channel of the one that the other inherits', async () => {
    const first = await open({ ...opened, ...shell('read -r a <&5; echo "$a"'), channels: 1 });
    const second = await open({ ...opened, ...shell('echo hello >&5'), inherit: first.channels });
    for (const channel of first.channels) channel.destroy();
    expect(await firstChunk(first.stdout)).toBe('hello\n');
    await Promise.all([first.close(), second.close()]);
  });

  it('finds no descriptor open but its streams and channels', async () => {
    const jail = await open({
      ...opened,
      policy: { ...policy, mounts: [...(policy.mounts ?? []), { kind: 'proc' }] },
      command: '/usr/bin/python3',
      args: ['-I', '-S', '-c', listOpen],
      channels: 2,
    });
    jail.stdin.end();
    expect(await firstChunk(jail.stdout)).toBe('[0, 1, 2, 5, 6]\n');
    await jail.exited;
  });
});

it('what an engine lacks is thrown before anything starts', async () => {
  const bubblewrap = { kind: 'bubblewrap', path: '/bin/false' } as const;
  await expect(open({ policy, engine: bubblewrap, ...forever })).rejects.toThrow(Refusal);
});
